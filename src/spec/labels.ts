import { z } from 'zod';
import { type Rule, withRules } from './rule.ts';

/** RFC 1123 subdomain and a slash, which may be left out, then a name. */
const KEY =
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const LONGEST_KEY = 253 + 1 + 63;
const MOST = 32;

/** Begin the labels by which objects are found and told apart. */
const OURS = ['app.kubernetes.io/', 'tidegate.dev/'];

/** Key of a label. */
export const labelKey = z
  .string()
  .max(LONGEST_KEY)
  .regex(KEY, 'Must be the key of a label, for example release or example.com/team');

/** Value of a label. */
export const labelValue = z
  .string()
  .max(63)
  .regex(
    /^(?:[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?)?$/,
    'Must be letters, digits, -, _ and ., beginning and ending with a letter or digit',
  );

const map = z.record(z.string(), labelValue);
const wellFormed: readonly Rule<z.output<typeof map>>[] = [
  {
    code: 'TG1003',
    path: [],
    test: (labels) => Object.keys(labels).length <= MOST,
    cel: `size(self) <= ${MOST}`,
    reason: `At most ${MOST} labels may be given`,
  },
  {
    code: 'TG1003',
    path: [],
    test: (labels) => Object.keys(labels).every((key) => KEY.test(key) && key.length <= LONGEST_KEY),
    cel: `self.all(key, key.matches('${KEY.source.replaceAll('\\', '\\\\')}') && size(key) <= ${LONGEST_KEY})`,
    reason: 'Keys must be those of labels, for example release or example.com/team',
  },
];

/**
 * Labels by key.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const labels = withRules(map, wellFormed);

/**
 * Labels that people add to objects, so that others select them. Those that Tidegate sets are refused, since objects are
 * found by them.
 */
export const addedLabels = withRules(map, [
  ...wellFormed,
  {
    code: 'TG1161',
    path: [],
    test: (added) => !Object.keys(added).some((key) => OURS.some((prefix) => key.startsWith(prefix))),
    cel: `!self.exists(key, ${OURS.map((prefix) => `key.startsWith('${prefix}')`).join(' || ')})`,
    reason: `Keys that begin with ${OURS.join(' or ')} are set by Tidegate`,
  },
]);
