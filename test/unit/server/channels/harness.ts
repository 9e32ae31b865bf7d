import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { HttpError } from '../../../../src/server/app/http-error.ts';
import { Expiries } from '../../../../src/server/auth/expiries.ts';
import { InProcessBroker } from '../../../../src/server/channels/broker/in-process.ts';
import { Channels } from '../../../../src/server/channels/channels.ts';
import type { Proof } from '../../../../src/server/channels/client.ts';
import { JSON_WIRE } from '../../../../src/server/channels/protocol/wire.ts';
import type { Session, Transport } from '../../../../src/server/channels/session.ts';
import type { TokenVerifier } from '../../../../src/server/channels/tokens.ts';
import { Tally } from '../../../../src/server/observability/tally.ts';
import { Turn } from '../../../../src/server/transport/turn.ts';
import { Settings, type SettingsInput } from '../../../../src/spec/settings.ts';

/** The token is the claims themselves, as JSON; `expired` is what it says, `later` cannot be checked now. */
const verifier: TokenVerifier = {
  async claims(token) {
    if (token === 'expired') return 'expired';
    if (token === 'later') throw new HttpError(503);
    return token.startsWith('{') ? JSON.parse(token) : 'invalid';
  },
};

/** Channels without a network. */
export function channels(settings: SettingsInput['channels'] = {}, broker = new InProcessBroker()): Channels {
  const log = pino({ level: 'silent' });
  const all = Settings.parse({ channels: { anonymous: true, ...settings } });
  const made = new Channels({
    settings: all,
    broker,
    verifier,
    expiries: new Expiries(),
    turn: new Turn(),
    tally: new Tally(),
    log,
  });
  made.start();
  return made;
}

/** A client of the JSON protocol, as the server's end of its connection sees it. */
export class Wired implements Transport {
  readonly session: Session;
  readonly replies: Record<string, unknown>[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  paused = false;

  constructor(on: Channels, proof?: Proof) {
    this.session = on.serve(JSON_WIRE, this, proof);
  }

  deliver(frames: Buffer): void {
    for (let at = 0; at < frames.length; ) {
      const short = frames[at + 1] ?? 0;
      const [start, size] = short === 126 ? [at + 4, frames.readUInt16BE(at + 2)] : [at + 2, short];
      const lines = frames.toString('utf8', start, start + size).split('\n');
      this.replies.push(...lines.map((line) => JSON.parse(line)));
      at = start + size;
    }
  }
  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }

  /** Sends commands, and gives what came back since, once nothing more happens. */
  async send(...commands: readonly object[]): Promise<readonly Record<string, unknown>[]> {
    return this.sendRaw(commands.map((command) => JSON.stringify(command)).join('\n'));
  }

  async sendRaw(text: string): Promise<readonly Record<string, unknown>[]> {
    this.session.receive(text);
    return this.news();
  }

  /** What came since it was last asked, once nothing more happens. */
  async news(): Promise<readonly Record<string, unknown>[]> {
    for (let turns = 0; turns < 3; turns += 1) await nextTurn();
    return this.replies.splice(0);
  }

  /** Connects and forgets the reply. */
  static async connected(on: Channels, connect: object = {}): Promise<Wired> {
    const client = new Wired(on);
    await client.send({ id: 1, connect });
    return client;
  }
}
