/** What delivering can meet: in clusters, in Git, at the command line. */
export const DELIVERY_ERRORS = {
  TG3001: { title: 'Owned by another front door', remedy: 'Deliver it from one front door only' },
  TG3002: { title: 'No cluster', remedy: 'Check the kubeconfig, its context and the connection' },
  TG3003: { title: 'Refused by the API server', remedy: 'Do what its message asks for, then try again' },
  TG3004: { title: 'Secret missing', remedy: 'Create the Secret with that key, then try again' },
  TG5001: {
    title: 'Kind not served',
    remedy: 'Install the CustomResourceDefinitions of the kind, or remove from the spec what needs it',
  },
  TG5002: { title: 'Namespace missing', remedy: 'Create it with kubectl create namespace, then try again' },
  TG5003: {
    title: 'No such environment',
    remedy: 'Give the name of an environment in --environments, or the path of its file',
  },
  TG5004: { title: 'No version to promote', remedy: 'Give spec.server.image a tag or a digest' },
  TG5005: {
    title: 'Different images',
    remedy: 'Let spec.server.image of both environments name the same image, of whatever registry',
  },
  TG5006: { title: 'Not committed', remedy: 'Do what git asks for, or promote without --commit' },
  TG5007: {
    title: 'Not in the repository',
    remedy: 'Give --repository-path, the directory within the repository',
  },
  TG5008: { title: 'Folder taken', remedy: 'Rename the environment, or write to another directory' },
  TG6001: { title: 'No such field', remedy: 'Give a path that tidegate explain --recursive lists' },
  TG6002: { title: 'File is there already', remedy: 'Choose another file, or give --force to write over it' },
  TG6003: {
    title: 'File not writable',
    remedy: 'Choose another file, or change the owner or mode of its directory',
  },
  TG6004: {
    title: 'Connection ended',
    remedy: 'Look up the code or the status in docs/server.md, and the log of the server',
  },
  TG6005: {
    title: 'No such environment',
    remedy: 'Give a name that tidegate status lists, and its namespace with -n',
  },
  TG6006: { title: 'Not confirmed', remedy: 'Type the name at a terminal, or give --yes' },
  TG6007: { title: 'Several environments', remedy: 'Name one of them with --environment' },
  TG6008: {
    title: 'Not done in time',
    remedy: 'See to what is named, or give a longer --timeout; what was begun goes on by itself',
  },
  TG6009: {
    title: 'Still being deleted',
    remedy: 'Try again when it is gone; tidegate delete waits for that',
  },
} as const;
