/** What a file of environments can lack. */
export const DOCUMENT_ERRORS = {
  TG1001: { title: 'Unknown field', remedy: 'Remove the field, or correct its spelling' },
  TG1002: { title: 'Missing field', remedy: 'Add the field' },
  TG1003: { title: 'Invalid value', remedy: 'Give a value of the form that is stated' },
  TG1004: { title: 'Not a RealtimeEnvironment', remedy: 'Begin the document with apiVersion and kind' },
  TG1005: { title: 'Not readable as YAML', remedy: 'Correct the syntax at the line that is named' },
  TG1006: { title: 'Not readable', remedy: 'Give the path of a file or directory that can be read' },
  TG1007: { title: 'Environment described twice', remedy: 'Remove one of the documents, or rename it' },
  TG1008: {
    title: 'Two environments, one folder',
    remedy: 'Rename one environment, or write them to different directories',
  },
  TG1009: { title: 'Files extend each other', remedy: 'Remove extends from one of them' },
  TG1010: { title: 'No base', remedy: 'Name a file of one document, which may be a part of an environment' },
} as const;
