import { holdNoSecret, holdNoSecretCel } from './plain-variables.ts';
import type { PodFields } from './pod.ts';
import type { Rule } from './rule.ts';

const isDistinct = (values: readonly string[]) => new Set(values).size === values.length;
/** CEL for: the values of a list's field are distinct. */
const distinctCel = (list: string, field: string) =>
  `${list}.all(a, ${list}.filter(b, b.${field} == a.${field}).size() == 1)`;

/** Rules over the volumes and sidecars of the server. */
export const podRules: readonly Rule<PodFields>[] = [
  {
    code: 'TG1184',
    path: ['volumes'],
    test: ({ volumes = [] }) =>
      volumes.every(({ name }) => name !== 'settings' && name !== 'tmp' && !name.startsWith('secret-')),
    cel: "!has(self.volumes) || self.volumes.all(v, v.name != 'settings' && v.name != 'tmp' && !v.name.startsWith('secret-'))",
    reason: 'Volumes called settings, tmp or secret-… are the server’s own',
  },
  {
    code: 'TG1184',
    path: ['sidecars'],
    test: ({ sidecars = [] }) => sidecars.every(({ name }) => name !== 'server'),
    cel: "!has(self.sidecars) || self.sidecars.all(s, s.name != 'server')",
    reason: 'The container called server is the server',
  },
  {
    code: 'TG1109',
    path: ['sidecars'],
    test: ({ sidecars = [] }) => sidecars.every(({ env }) => holdNoSecret(env)),
    cel: `!has(self.sidecars) || self.sidecars.all(s, !has(s.env) || ${holdNoSecretCel('s.env')})`,
    reason: 'env is stored and shown in clear, and one of its names or values looks like a secret',
    remedy: 'Put the value into a Secret and reference it under secretEnv of the sidecar',
  },
  {
    code: 'TG1185',
    path: ['volumes'],
    test: ({ volumes = [] }) => isDistinct(volumes.map(({ name }) => name)),
    cel: `!has(self.volumes) || ${distinctCel('self.volumes', 'name')}`,
    reason: 'Two volumes have the same name',
  },
  {
    code: 'TG1185',
    path: ['sidecars'],
    test: ({ sidecars = [] }) => isDistinct(sidecars.map(({ name }) => name)),
    cel: `!has(self.sidecars) || ${distinctCel('self.sidecars', 'name')}`,
    reason: 'Two sidecars have the same name',
  },
  {
    code: 'TG1186',
    path: ['sidecars'],
    test: ({ volumes = [], sidecars = [] }) => {
      const names = new Set(volumes.map(({ name }) => name));
      return sidecars.every(({ volumeMounts = [] }) => volumeMounts.every(({ name }) => names.has(name)));
    },
    cel: '!has(self.sidecars) || self.sidecars.all(s, !has(s.volumeMounts) || s.volumeMounts.all(m, has(self.volumes) && self.volumes.exists(v, v.name == m.name)))',
    reason: 'A sidecar mounts a volume that server.volumes does not have',
  },
  {
    code: 'TG1188',
    path: ['volumes'],
    test: ({ volumes = [] }) =>
      isDistinct(volumes.map(({ mountPath }) => mountPath)) &&
      volumes.every(({ mountPath }) => !/^\/(tmp|etc\/tidegate)(\/|$)/.test(mountPath)),
    cel: `!has(self.volumes) || (${distinctCel('self.volumes', 'mountPath')} && self.volumes.all(v, !v.mountPath.matches('^/(tmp|etc/tidegate)(/|$)')))`,
    reason: 'Two volumes are mounted at one path, or one where the server has its own',
  },
  {
    code: 'TG1188',
    path: ['sidecars'],
    test: ({ sidecars = [] }) =>
      sidecars.every(({ volumeMounts = [] }) => isDistinct(volumeMounts.map(({ mountPath }) => mountPath))),
    cel: `!has(self.sidecars) || self.sidecars.all(s, !has(s.volumeMounts) || ${distinctCel('s.volumeMounts', 'mountPath')})`,
    reason: 'A sidecar mounts two volumes at one path',
  },
];
