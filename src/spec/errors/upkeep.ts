/** What can stand in the way of running environments: of their data, their versions, their credentials. */
export const UPKEEP_ERRORS = {
  TG1463: {
    title: 'Object store does not answer, or refuses',
    remedy: 'Check endpoint, bucket, region and access key, and that the network lets pods reach the store',
  },
  TG1464: { title: 'No such dump', remedy: 'Give a name that tidegate backup list shows' },
  TG1465: {
    title: 'Dump is damaged',
    remedy: 'Restore an older dump with --dump, and find out what changed this one in the bucket',
  },
  TG1466: {
    title: 'No access key',
    remedy: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those of the object store',
  },
  TG1467: { title: 'No backups', remedy: 'Set postgres.standalone.backup' },
  TG1468: {
    title: 'Volume would shrink',
    remedy: 'Ask for at least as much as it has; to have less, restore a backup into a new volume',
  },
  TG1469: {
    title: 'Data of another major version',
    remedy: 'Follow docs/runbooks/upgrade-postgres.md, or go back to the image of before',
  },
  TG1470: {
    title: 'Migration failed',
    remedy: 'Correct the program and name its new image; or, to try once more, delete the Job',
  },
  TG1480: {
    title: 'Written before, and not to be read',
    remedy: 'Name the image under spec.server.image, or delete the file so that it is written anew',
  },
  TG1481: {
    title: 'Field of a newer version',
    remedy: 'Upgrade the operator to the version of the custom resources, or remove the fields',
  },
  TG1482: {
    title: 'Output where a plain value is needed',
    remedy:
      "Give a plain value, for example from the stack's configuration; tidegate explain FIELD tells which fields may be outputs",
  },
  TG1483: {
    title: 'Output that changes more than itself',
    remedy: 'Give that value plainly, for example from the configuration of the stack',
  },
  TG1493: {
    title: 'Credential that does not rotate',
    remedy: 'Add it to the spec, and apply that',
  },
  TG1520: {
    title: 'API server asks no other servers',
    remedy:
      'Start kube-apiserver with the flags of the aggregation layer, --requestheader-client-ca-file among them',
  },
} as const;
