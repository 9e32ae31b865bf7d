import type { Settings } from '../../spec/settings.ts';
import type { Retention } from './broker/broker.ts';

/** What a namespace decides about its channels. */
export type ChannelOptions = Settings['channels']['withoutNamespace'];

/** Who may do something: nobody, subscribers of the channel, users (who proved who they are), or anyone. */
export type Permission = ChannelOptions['allowPublish'];

const SEPARATOR = ':';
const USER_MARK = '#';

/** Finds what holds for a channel by its namespace: the part of its name before the first colon. */
export class Namespaces {
  readonly #withoutNamespace: ChannelOptions;
  readonly #byName: ReadonlyMap<string, ChannelOptions>;

  constructor({ withoutNamespace, namespaces }: Settings['channels']) {
    this.#withoutNamespace = withoutNamespace;
    this.#byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  }

  /** Undefined when there is no such namespace. */
  optionsOf(channel: string): ChannelOptions | undefined {
    const end = channel.indexOf(SEPARATOR);
    return end < 0 ? this.#withoutNamespace : this.#byName.get(channel.slice(0, end));
  }
}

/** What is kept of channels with these options; undefined when nothing is. */
export function retentionOf({ historySize, historyTtlSeconds }: ChannelOptions): Retention | undefined {
  return historySize === 0 ? undefined : { size: historySize, ttlSeconds: historyTtlSeconds };
}

/** The users a channel is limited to: those after its `#`, with commas between. Undefined when it is open to others. */
export function usersOf(channel: string): readonly string[] | undefined {
  const mark = channel.indexOf(USER_MARK);
  return mark < 0 ? undefined : channel.slice(mark + 1).split(',');
}

/** Whether a client may subscribe without a subscription token. `user` is empty for who proved nothing. */
export function maySubscribe(channel: string, { allowSubscribe }: ChannelOptions, user: string): boolean {
  if (usersOf(channel) !== undefined) return isOneOf(channel, user);
  return allowSubscribe === 'anyone' || (allowSubscribe === 'user' && user !== '');
}

/** Whether a client may do in a channel what this permission is about. */
export function may(
  permission: Permission,
  channel: string,
  { user, subscribed }: { readonly user: string; readonly subscribed: boolean },
): boolean {
  if (!subscribed && !isOneOf(channel, user)) return false;
  switch (permission) {
    case 'nobody':
      return false;
    case 'subscriber':
      return subscribed;
    case 'user':
      return user !== '';
    case 'anyone':
      return true;
  }
}

/** Whether a channel is open to a user: not limited, or to this one among others. */
function isOneOf(channel: string, user: string): boolean {
  const users = usersOf(channel);
  return users === undefined || (user !== '' && users.includes(user));
}
