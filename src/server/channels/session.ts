import type { Link } from '../../platform/linked-list.ts';
import { HttpError } from '../app/http-error.ts';
import { randomId } from '../app/random-id.ts';
import type { Driver, Farewell } from '../transport/driver.ts';
import type { Message as SocketMessage } from '../transport/socket.ts';
import type { Frame } from '../websocket/frame.ts';
import { BrokerUnavailable } from './broker/broker.ts';
import type { Client, Context, Proof, Subscription } from './client.ts';
import { COMMANDS } from './commands/commands.ts';
import type { LocalChannel } from './local-channel.ts';
import { DISCONNECT, DisconnectClient, ERROR, ReplyError, UNSUBSCRIBE } from './protocol/codes.ts';
import { MalformedMessage } from './protocol/malformed.ts';
import type { ClientInfo, Command, Payload, Push, Reply } from './protocol/schema.ts';
import type { Wire } from './protocol/wire.ts';
import { unsubscribe } from './subscription.ts';
import { nowSeconds } from './validity.ts';

/** The way to a client. */
export interface Transport {
  deliver(frames: Frame): void;
  close(code: number, reason: string): void;
  /** Stops and goes on reading what the client sends. */
  pause(): void;
  resume(): void;
}

/** Seconds a client has for its connect command. */
const CONNECT_SECONDS = 15;
/** Seconds after a token has expired in which the client may still bring another. */
const GRACE_SECONDS = 25;
/** Commands that may be worked on at once; with more the client is read no further. */
const MOST_AT_ONCE = 64;

const FAREWELLS: Driver['farewells'] = {
  drain: DISCONNECT.shutdown,
  slow: DISCONNECT.slow,
  flood: DISCONNECT.tooManyRequests,
  expired: DISCONNECT.expired,
  dead: DISCONNECT.noPong,
};

/**
 * One client of the protocol: commands in, replies and pushes out. It does no I/O beside its transport, and holds little,
 * as there are many of it that have nothing to do.
 */
export class Session implements Client, Driver {
  readonly id = randomId();
  readonly wire: Wire;
  readonly context: Context;
  readonly proof: Proof | undefined;
  user = '';
  info: Payload | undefined;
  expiresAt: number | undefined;
  deciding: Promise<unknown> | undefined;
  readonly subscriptions = new Map<string, Subscription>();
  readonly #transport: Transport;
  readonly #place: Link<Client>;
  #state: 'new' | 'connected' | 'failed' | 'closed' = 'new';
  #connecting: Promise<void> | undefined;
  #atOnce = 0;
  #pinged = false;
  /** What came for it before it was told that it is connected. */
  #held: Frame[] | undefined;
  #cancelWake: (() => void) | undefined;

  constructor(wire: Wire, transport: Transport, context: Context, proof?: Proof) {
    this.wire = wire;
    this.#transport = transport;
    this.context = context;
    this.proof = proof;
    this.#place = context.clients.add(this);
    this.#wakeAt(nowSeconds() + CONNECT_SECONDS);
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  get connected(): boolean {
    return this.#state === 'connected';
  }

  get channels(): Iterable<string> {
    return this.subscriptions.keys();
  }

  /** Takes a message of the client, which may hold several commands. */
  receive(message: SocketMessage): void {
    let commands: readonly Command[];
    try {
      commands = this.wire.decode(message);
    } catch (error) {
      // What can be parsed level by level may be too deep to be written again.
      if (!(error instanceof MalformedMessage || error instanceof RangeError)) throw error;
      this.close(DISCONNECT.badRequest);
      return;
    }
    for (const command of commands) this.#take(command);
  }

  get farewells(): Driver['farewells'] {
    return FAREWELLS;
  }

  ping(): boolean {
    if (!this.connected) return true;
    // What is not read does not answer.
    if (this.#pinged) return this.#atOnce >= MOST_AT_ONCE;
    this.#pinged = true;
    this.send({});
    return true;
  }

  send(reply: Reply): void {
    if (!this.closed) this.#transport.deliver(this.wire.frame([this.wire.encode(reply)]));
  }

  push(push: Push): void {
    this.send({ push });
  }

  deliver(frames: Frame): void {
    if (this.connected) {
      this.#transport.deliver(frames);
    } else if (!this.closed) {
      this.#held ??= [];
      this.#held.push(frames);
    }
  }

  disconnect(farewell: Farewell = DISCONNECT.forceNoReconnect): void {
    this.close(farewell);
  }

  /** Ends the connection. */
  close({ code, reason }: Farewell): void {
    if (this.closed) return;
    this.ended();
    this.#transport.close(code, reason);
  }

  ended(): void {
    if (this.closed) return;
    this.#state = 'closed';
    this.#cancelWake?.();
    this.context.clients.remove(this.#place);
    for (const subscription of [...this.subscriptions.values()]) unsubscribe(this, subscription);
  }

  infoIn(subscription: Subscription | undefined): ClientInfo {
    return {
      user: this.user,
      client: this.id,
      conn_info: this.info,
      chan_info: subscription?.info,
    };
  }

  missed(channel: LocalChannel): void {
    const subscription = this.subscriptions.get(channel.name);
    if (subscription === undefined) return;
    if (subscription.serverSide) this.close(DISCONNECT.insufficientState);
    else this.expel(subscription, UNSUBSCRIBE.insufficientState);
  }

  cannotRead(): void {
    this.close(DISCONNECT.inappropriateProtocol);
  }

  expel(subscription: Subscription, { code, reason }: Farewell): void {
    if (this.subscriptions.get(subscription.channel.name) !== subscription) return;
    if (subscription.beginning !== undefined) {
      // The client must have had its reply before it can understand this.
      const later = () => setImmediate(() => this.expel(subscription, { code, reason }));
      void subscription.beginning.then(later);
      return;
    }
    unsubscribe(this, subscription);
    this.push({ channel: subscription.channel.name, unsubscribe: { code, reason } });
  }

  watchTime(): void {
    const ends = [this.expiresAt, ...[...this.subscriptions.values()].map(({ expiresAt }) => expiresAt)];
    const known = ends.filter((end) => end !== undefined);
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (known.length > 0 && !this.closed) this.#wakeAt(Math.min(...known) + GRACE_SECONDS);
  }

  #wakeAt(second: number): void {
    this.#cancelWake = this.context.expiries.at(second, () => this.#wake());
  }

  #wake(): void {
    const now = nowSeconds();
    if (!this.connected) this.close(DISCONNECT.stale);
    else if (isOver(this.expiresAt, now)) this.close(DISCONNECT.expired);
    for (const subscription of [...this.subscriptions.values()]) {
      if (!isOver(subscription.expiresAt, now)) continue;
      if (subscription.serverSide) this.close(DISCONNECT.subscriptionExpired);
      else this.expel(subscription, UNSUBSCRIBE.expired);
    }
    this.watchTime();
  }

  #take(command: Command): void {
    if (this.closed) return;
    if (this.#state === 'failed') {
      this.close(DISCONNECT.badRequest);
      return;
    }
    if (command.connect !== undefined) {
      if (this.#connecting !== undefined) this.close(DISCONNECT.badRequest);
      else this.#connecting = this.#run(command);
      return;
    }
    if (this.#connecting === undefined) {
      this.close(DISCONNECT.badRequest);
      return;
    }
    if (this.connected) this.#start(command);
    // Commands may follow on the connect command without waiting for its reply.
    else void this.#connecting.then(() => this.connected && this.#start(command));
  }

  #start(command: Command): void {
    if (command.id === undefined && command.send === undefined) {
      if (!this.#pinged) this.close(DISCONNECT.badRequest);
      this.#pinged = false;
      return;
    }
    void this.#run(command);
  }

  async #run(command: Command): Promise<void> {
    // While it connects, nothing more is read.
    const weight = command.connect === undefined ? 1 : MOST_AT_ONCE;
    this.#atOnce += weight;
    if (this.#atOnce >= MOST_AT_ONCE) this.#transport.pause();
    try {
      const reply = await this.#execute(command);
      if (reply !== undefined) this.send({ id: command.id, ...reply });
      if (command.connect !== undefined) this.#isConnected();
    } catch (error) {
      this.#failed(command, error);
    } finally {
      const paused = this.#atOnce >= MOST_AT_ONCE;
      this.#atOnce -= weight;
      if (paused && this.#atOnce < MOST_AT_ONCE) this.#transport.resume();
    }
  }

  #isConnected(): void {
    if (this.closed) return;
    this.#state = 'connected';
    for (const frames of this.#held ?? []) this.#transport.deliver(frames);
    this.#held = undefined;
    this.watchTime();
  }

  #execute(command: Command): Promise<Reply | undefined> {
    if (command.id === undefined && command.send === undefined)
      throw new DisconnectClient(DISCONNECT.badRequest);
    for (const [name, execute] of COMMANDS) {
      const request = command[name];
      if (request !== undefined) return execute(this, request);
    }
    throw new DisconnectClient(DISCONNECT.badRequest);
  }

  #failed(command: Command, error: unknown): void {
    if (error instanceof DisconnectClient) {
      this.close(error.farewell);
      return;
    }
    if (command.connect !== undefined && !this.closed) this.#state = 'failed';
    const known = error instanceof ReplyError;
    // An HttpError is the answer of a check that cannot be done now, as when keys cannot be fetched.
    if (!known && !(error instanceof BrokerUnavailable || error instanceof HttpError)) {
      this.context.log.error({ err: error }, 'A command of a client failed');
    }
    const { code, message, temporary } = known ? error : ERROR.internal;
    if (command.id !== undefined) this.send({ id: command.id, error: { code, message, temporary } });
  }
}

function isOver(expiresAt: number | undefined, now: number): boolean {
  return expiresAt !== undefined && expiresAt + GRACE_SECONDS <= now;
}
