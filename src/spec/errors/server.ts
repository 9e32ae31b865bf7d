/** What the server, its workers and its tasks can meet. */
export const SERVER_ERRORS = {
  TG2001: { title: 'Setting refused', remedy: 'Correct the setting at the source that is named' },
  TG2002: { title: 'Setting missing', remedy: 'Give the setting by file or environment variable' },
  TG2003: { title: 'Address in use', remedy: 'Stop the other process, or choose another port' },
  TG2004: {
    title: 'Directory not writable',
    remedy: 'Choose another directory, or change its owner or mode',
  },
  TG2005: { title: 'Start hook failed', remedy: 'Mend what the hook starts, or give it a longer deadline' },
  TG2006: { title: 'Setting given twice', remedy: 'Give the URL, or its parts, and not both' },
  TG2007: { title: 'Weak key', remedy: 'Make one with openssl rand -hex 32' },
  TG2008: { title: 'Log not writable', remedy: 'Choose another path, or change its owner or mode' },
  TG2009: {
    title: 'Redis given in several ways',
    remedy: 'Keep one of redis.host, redis.sentinels and redis.cluster',
  },
  TG2010: {
    title: 'Packages missing',
    remedy: 'Install them beside tidegate by the command that is named, or run the image, which has them',
  },
  TG2101: {
    title: 'No such application',
    remedy: 'Give the path of an ES module in TypeScript or JavaScript',
  },
  TG2102: {
    title: 'Not an application',
    remedy: 'Export a function that takes the application by default, and bundled, if at all, as a boolean',
  },
  TG2103: { title: 'Application fails', remedy: 'Mend the module at the place that is named' },
  TG2201: {
    title: 'Several workers without shared stores',
    remedy: 'Give redis.host and postgres.host, or run one process',
  },
  TG2202: { title: 'No supervisor', remedy: 'Name the port of a server with several workers' },
  TG2203: { title: 'Reload in production', remedy: 'Leave --reload away, or unset NODE_ENV to develop' },
  TG2301: { title: 'Task refused', remedy: 'Correct the definition of the task' },
  TG2302: { title: 'Input of a task refused', remedy: 'Give what the schema of the task asks for' },
  TG2303: { title: 'Tasks out of reach', remedy: 'Try again; with the same id nothing is added twice' },
  TG2304: { title: 'No such dead letter', remedy: 'Give an id that tidegate tasks dead lists' },
  TG2305: { title: 'No such task', remedy: 'Give a name that tidegate tasks counts lists' },
} as const;
