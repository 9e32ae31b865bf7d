import { z } from 'zod';
import { withRules } from './rule.ts';

/** RFC 1123 subdomain and a slash, which may be left out, then a name. */
const KEY =
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const LONGEST_KEY = 253 + 1 + 63;
const MOST = 32;

/** Begin the labels by which objects are found and told apart. */
const OURS = ['app.kubernetes.io/', 'tidegate.dev/'];

/**
 * Labels that people add to objects, so that others select them. Those that Tidegate sets are refused, since objects are
 * found by them.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const addedLabels = withRules(
  z.record(
    z.string(),
    z
      .string()
      .max(63)
      .regex(
        /^(?:[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?)?$/,
        'Must be letters, digits, -, _ and ., beginning and ending with a letter or digit',
      ),
  ),
  [
    {
      code: 'TG1003',
      path: [],
      test: (map) => Object.keys(map).length <= MOST,
      cel: `size(self) <= ${MOST}`,
      reason: `At most ${MOST} labels may be given`,
    },
    {
      code: 'TG1003',
      path: [],
      test: (map) => Object.keys(map).every((key) => KEY.test(key) && key.length <= LONGEST_KEY),
      cel: `self.all(key, key.matches('${KEY.source.replaceAll('\\', '\\\\')}') && size(key) <= ${LONGEST_KEY})`,
      reason: 'Keys must be those of labels, for example release or example.com/team',
    },
    {
      code: 'TG1161',
      path: [],
      test: (map) => !Object.keys(map).some((key) => OURS.some((prefix) => key.startsWith(prefix))),
      cel: `!self.exists(key, ${OURS.map((prefix) => `key.startsWith('${prefix}')`).join(' || ')})`,
      reason: `Keys that begin with ${OURS.join(' or ')} are set by Tidegate`,
    },
  ],
);
