import type { Centrifuge } from 'centrifuge';
import { waitFor } from '../../../cluster/wait-for.ts';
import { sdkClient } from '../channels/sdk.ts';
import { peakPerSecond } from './peak.ts';

/** What is published: a number of its channel, and when, in milliseconds since 1970. */
export interface Numbered {
  readonly number: number;
  readonly at: number;
}

/** What clients went through, all together. */
export interface Experience {
  readonly clients: number;
  /** Most clients that came back within one second, whichever. */
  readonly peakReconnects: number;
  /** Clients by how often they came back. */
  readonly byReconnects: Readonly<Record<number, number>>;
  /** Ends of connections by code. */
  readonly byCode: Readonly<Record<number, number>>;
  /** Publications that clients did not get, got again, and got after a later one. */
  readonly lost: number;
  readonly doubled: number;
  readonly disordered: number;
  /** Of each client the publication that came latest: the 99th percentile of these, in milliseconds. */
  readonly latestP99Ms: number;
}

interface CrowdOptions {
  readonly url: string;
  readonly size: number;
  /** Of the channels, among which the clients are spread. */
  readonly channels: readonly string[];
  readonly token?: string;
}

/** Clients of the official SDK that come back by themselves, each with one recoverable subscription. */
export class Crowd {
  readonly #members: readonly Member[];

  constructor({ url, size, channels, token }: CrowdOptions) {
    this.#members = Array.from({ length: size }, (_, index) => {
      const client = sdkClient('json', url, {
        // As the SDK has them.
        minReconnectDelay: 500,
        maxReconnectDelay: 20_000,
        ...(token !== undefined && { token }),
      });
      return new Member(client, channels[index % channels.length] ?? '');
    });
  }

  /** Connects all, so many at a time, and waits until all have their subscriptions. */
  async gather(atOnce = 100): Promise<void> {
    for (let next = 0; next < this.#members.length; next += atOnce) {
      await Promise.all(this.#members.slice(next, next + atOnce).map((member) => member.join()));
    }
  }

  /** Forgets what happened so far; publications are expected from this number of each channel on. */
  begin(from: ReadonlyMap<string, number>): void {
    for (const member of this.#members) member.begin(from.get(member.channel) ?? 0);
  }

  /** Waits until all are connected and have the last publication of their channels, which are given by number. */
  async settle(next: ReadonlyMap<string, number>, seconds = 60): Promise<void> {
    const settled = ({ connected, channel, last }: Member) =>
      connected && last === (next.get(channel) ?? 0) - 1;
    await waitFor('all to have all', () => this.#members.every(settled) || undefined, { seconds });
  }

  /** @param next the number that each channel's next publication would have */
  experience(next: ReadonlyMap<string, number>): Experience {
    const members = this.#members;
    const latest = members.map(({ latestMs }) => latestMs).sort((a, b) => a - b);
    const sum = (of: (member: Member) => number) => members.reduce((total, member) => total + of(member), 0);
    return {
      clients: members.length,
      peakReconnects: peakPerSecond(members.flatMap(({ reconnects }) => reconnects)),
      byReconnects: counted(members.map(({ reconnects }) => reconnects.length)),
      byCode: counted(members.flatMap(({ codes }) => codes)),
      lost: sum((member) => member.lost(next.get(member.channel) ?? 0)),
      doubled: sum(({ doubled }) => doubled),
      disordered: sum(({ disordered }) => disordered),
      latestP99Ms: latest[Math.ceil(latest.length * 0.99) - 1] ?? 0,
    };
  }

  leave(): void {
    for (const { client } of this.#members) client.disconnect();
  }
}

class Member {
  readonly client: Centrifuge;
  readonly channel: string;
  reconnects: number[] = [];
  codes: number[] = [];
  latestMs = 0;
  disordered = 0;
  last = -1;
  #connections = 0;
  #from = 0;
  #got = new Map<number, number>();

  constructor(client: Centrifuge, channel: string) {
    this.client = client;
    this.channel = channel;
    client.on('connected', () => {
      this.#connections += 1;
      if (this.#connections > 1) this.reconnects.push(performance.now());
    });
    client.on('connecting', ({ code }) => {
      if (code !== 0) this.codes.push(code);
    });
  }

  get connected(): boolean {
    return this.client.state === 'connected';
  }

  /** Publications that came more than once. */
  get doubled(): number {
    return [...this.#got.values()].filter((times) => times > 1).length;
  }

  async join(): Promise<void> {
    const subscription = this.client.newSubscription(this.channel, { recoverable: true });
    subscription.on('publication', ({ data }) => this.#receive(data as Numbered));
    subscription.subscribe();
    this.client.connect();
    await subscription.ready();
  }

  begin(from: number): void {
    this.reconnects = [];
    this.codes = [];
    this.latestMs = 0;
    this.disordered = 0;
    this.#from = from;
    this.#got = new Map();
  }

  lost(next: number): number {
    const missing = Array.from({ length: next - this.#from }, (_, index) => this.#from + index);
    return missing.filter((number) => !this.#got.has(number)).length;
  }

  #receive({ number, at }: Numbered): void {
    if (number < this.last) this.disordered += 1;
    this.last = Math.max(this.last, number);
    this.latestMs = Math.max(this.latestMs, Date.now() - at);
    this.#got.set(number, (this.#got.get(number) ?? 0) + 1);
  }
}

function counted(values: readonly number[]): Readonly<Record<number, number>> {
  const groups = Map.groupBy(values, (value) => value);
  return Object.fromEntries([...groups].map(([value, all]) => [value, all.length]));
}
