import type { RedisLink } from '../../store/redis-link.ts';
import { readProtobuf, writeProtobuf } from '../protocol/protobuf.ts';
import { type ClientInfo, clientInfo } from '../protocol/schema.ts';
import { redisName } from './redis-wire.ts';

const UUID = 36;
/** Heartbeats between renewals of a channel's hash, and how many it lives without one. */
const RENEW_BEATS = 4;
const LIFE_BEATS = 24;

/**
 * Who is present in channels, in one hash a channel: client → the replica it is connected to, and its info.
 *
 * Entries of a replica that does not live any more count for nothing and are removed by who reads them; so what a
 * replica has to renew is one key a channel, however many clients are in it.
 */
export class RedisPresence {
  readonly #link: RedisLink;
  /** Who is present here. */
  readonly #here = new Map<string, Map<string, ClientInfo>>();
  #beats = 0;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async add(channel: string, info: ClientInfo): Promise<void> {
    const here = this.#here.get(channel) ?? new Map<string, ClientInfo>();
    this.#here.set(channel, here.set(info.client ?? '', info));
    await this.#write(channel, [info]);
  }

  async remove(channel: string, client: string): Promise<void> {
    const here = this.#here.get(channel);
    here?.delete(client);
    if (here?.size === 0) this.#here.delete(channel);
    await this.#link.commands.hdel(redisName.presence(channel), client);
  }

  async all(channel: string): Promise<Readonly<Record<string, ClientInfo>>> {
    const key = redisName.presence(channel);
    const entries = Object.entries(await this.#link.commands.hgetallBuffer(key)).map(([client, value]) => ({
      client,
      replica: value.toString('latin1', 0, UUID),
      info: value.subarray(UUID),
    }));
    const alive = await this.#link.alive([...new Set(entries.map(({ replica }) => replica))]);
    const dead = entries.filter(({ replica }) => !alive.has(replica));
    if (dead.length > 0) await this.#link.commands.hdel(key, ...dead.map(({ client }) => client));
    return Object.fromEntries(
      entries
        .filter(({ replica }) => alive.has(replica))
        .map(({ client, info }) => [client, readProtobuf(clientInfo, info)]),
    );
  }

  /** Writes all that is present here again, after Redis may have lost it. */
  restore(): void {
    for (const [channel, here] of this.#here) this.#write(channel, [...here.values()]).catch(ignored);
  }

  /** Renews what is here, now and then. */
  beat(): void {
    this.#beats += 1;
    if (this.#beats % RENEW_BEATS !== 0) return;
    for (const channel of this.#here.keys()) {
      this.#link.commands
        .pexpire(redisName.presence(channel), this.#lifeMs)
        .then((known) => {
          const here = this.#here.get(channel);
          if (known === 0 && here !== undefined) return this.#write(channel, [...here.values()]);
        })
        .catch(ignored);
    }
  }

  /** Removes all who are present here. */
  async clear(): Promise<void> {
    const here = [...this.#here];
    this.#here.clear();
    await Promise.all(
      here.map(([channel, clients]) =>
        this.#link.commands.hdel(redisName.presence(channel), ...clients.keys()),
      ),
    );
  }

  async #write(channel: string, infos: readonly ClientInfo[]): Promise<void> {
    const key = redisName.presence(channel);
    const fields = infos.flatMap((info) => [
      info.client ?? '',
      Buffer.concat([Buffer.from(this.#link.replica), writeProtobuf(clientInfo, info)]),
    ]);
    await Promise.all([
      this.#link.commands.hset(key, ...fields),
      this.#link.commands.pexpire(key, this.#lifeMs),
    ]);
  }

  get #lifeMs(): number {
    return this.#link.heartbeatMs * LIFE_BEATS;
  }
}

/** What Redis has lost is written again when it is back. */
function ignored(): void {}
