import type { Sections, SpecRule } from './sections.ts';

/** What channels allow to whom, and what they promise. */

type Channels = Sections['server']['settings']['channels'];
type Options = Channels['withoutNamespace'];

const PATH = ['server', 'settings', 'channels'];
const CHANNELS = 'self.server.settings.channels';

const everyKind = ({ server: { settings } }: Sections, isRight: (options: Options) => boolean): boolean =>
  [settings.channels.withoutNamespace, ...settings.channels.namespaces].every(isRight);

/** The same in CEL, of an expression over `c`. */
const everyKindIn = (isRight: string) =>
  `[${CHANNELS}.withoutNamespace].all(c, ${isRight}) && ${CHANNELS}.namespaces.all(c, ${isRight})`;

/** Who may subscribe may ask; a permission may not reach further than that. */
const notWider = (permission: 'allowHistory' | 'allowPresence') => ({
  test: (options: Options) =>
    options[permission] === 'nobody' ||
    options[permission] === 'subscriber' ||
    options.allowSubscribe === 'anyone' ||
    (options.allowSubscribe === 'user' && options[permission] === 'user'),
  cel: `c.${permission} in ['nobody', 'subscriber'] || c.allowSubscribe == 'anyone' || (c.allowSubscribe == 'user' && c.${permission} == 'user')`,
});
const history = notWider('allowHistory');
const presence = notWider('allowPresence');

export const channelRules: readonly SpecRule[] = [
  {
    code: 'TG1140',
    path: ['server', 'settings', 'limits', 'messagesPerSecond'],
    test: (spec) =>
      spec.server.settings.limits.messagesPerSecond > 0 ||
      !spec.server.settings.channels.anonymous ||
      everyKind(spec, ({ allowPublish }) => allowPublish !== 'anyone'),
    cel: `self.server.settings.limits.messagesPerSecond > 0.0 || !${CHANNELS}.anonymous || (${everyKindIn(`c.allowPublish != 'anyone'`)})`,
    reason: 'Clients without a token may publish, and nothing limits how much',
  },
  {
    code: 'TG1141',
    path: PATH,
    test: (spec) => everyKind(spec, ({ forceRecovery, historySize }) => !forceRecovery || historySize > 0),
    cel: everyKindIn('!c.forceRecovery || c.historySize > 0'),
    reason: 'Clients are promised what they missed by forceRecovery, and historySize keeps none of it',
  },
  {
    code: 'TG1142',
    path: PATH,
    test: (spec) => everyKind(spec, (options) => options.historySize === 0 || history.test(options)),
    cel: everyKindIn(`c.historySize == 0 || ${history.cel}`),
    reason: 'allowHistory lets clients read what allowSubscribe keeps from them',
  },
  {
    code: 'TG1143',
    path: PATH,
    test: (spec) => everyKind(spec, (options) => !options.presence || presence.test(options)),
    cel: everyKindIn(`!c.presence || ${presence.cel}`),
    reason: 'allowPresence tells clients who is in channels that allowSubscribe keeps from them',
  },
];
