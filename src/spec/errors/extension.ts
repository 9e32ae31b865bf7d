/** What an extension can do wrong. */
export const EXTENSION_ERRORS = {
  TG1420: {
    title: 'No such extension',
    remedy: 'Give the path of an ES module in TypeScript or JavaScript that can be read',
  },
  TG1421: {
    title: 'Not an extension',
    remedy: 'Export defineExtension({ … }) by default, with the fields that docs/constructs.md tells of',
  },
  TG1422: { title: 'Extension fails', remedy: 'Mend the extension at the place that is named' },
  TG1423: {
    title: 'Several extensions',
    remedy: 'Keep one tidegate.config file for these environments, or give --config',
  },
  TG1424: {
    title: 'Kind not declared',
    remedy: 'Add the kind to the kinds of the extension, so that the operator may write it',
  },
  TG1425: {
    title: 'Secret in the tree',
    remedy: 'Refer to a Secret that is created elsewhere, or name its source under secrets',
  },
  TG1426: {
    title: 'Object of another namespace',
    remedy: 'Leave the namespace out: objects live in that of their environment',
  },
  TG1427: { title: 'Object rendered twice', remedy: 'Give one of the objects another name' },
  TG1428: { title: 'Construct refused', remedy: 'Correct what the construct is given' },
} as const;
