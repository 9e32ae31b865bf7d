import type { Sections, SpecRule } from './sections.ts';

/** Variables of the application, which its process has in common with the server. */

/** They undo the check of certificates, or load foreign code into the process. */
const UNDOING = ['NODE_TLS_REJECT_UNAUTHORIZED', 'LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH'];
const IN_UNDOING = `[${UNDOING.map((name) => `'${name}'`).join(', ')}]`;

const names = (variables: object | undefined) => Object.keys(variables ?? {});

const secretNames = ({ server }: Sections) => names(server.secretEnv);
const everySecretName = (isRight: string) =>
  `!has(self.server.secretEnv) || self.server.secretEnv.all(name, ${isRight})`;

export const variableRules: readonly SpecRule[] = [
  {
    code: 'TG1148',
    path: ['server', 'secretEnv'],
    test: (spec) => secretNames(spec).every((name) => !name.startsWith('TIDEGATE_')),
    cel: everySecretName(`!name.startsWith('TIDEGATE_')`),
    reason:
      'A variable that begins with TIDEGATE_ is a setting of the bundled server, and would win over its file',
  },
  {
    code: 'TG1149',
    path: ['server', 'secretEnv'],
    test: (spec) => secretNames(spec).every((name) => !names(spec.config).includes(name)),
    cel: `!has(self.config) || ${everySecretName('!(name in self.config)')}`,
    reason: 'A variable is both in config and in server.secretEnv, and which of them counts is chance',
  },
  {
    code: 'TG1150',
    path: ['config'],
    test: ({ config }) => names(config).every((name) => !UNDOING.includes(name)),
    cel: `!has(self.config) || self.config.all(name, !(name in ${IN_UNDOING}))`,
    reason: 'The variable turns the check of certificates off, or loads foreign code into the server',
  },
  {
    code: 'TG1151',
    path: ['config'],
    test: ({ config }) => !/--inspect/.test(config?.NODE_OPTIONS ?? ''),
    cel: `!has(self.config) || !('NODE_OPTIONS' in self.config) || !self.config['NODE_OPTIONS'].contains('--inspect')`,
    reason: 'Who reaches the port of the debugger runs any code, with every credential there is',
  },
];
