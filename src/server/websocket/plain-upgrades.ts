import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Link, LinkedList } from '../../platform/linked-list.ts';
import { readPlainUpgrade, type UpgradeRequest } from './upgrade-request.ts';

const its = Symbol('its place among those that have said nothing');
type Newcomer = Socket & { [its]: Link<Silent> };

interface Silent {
  readonly socket: Newcomer;
  readonly since: number;
}

type Upgrade = (request: UpgradeRequest, wire: Socket, head: Buffer) => void;

/** A client that says nothing for so long is left to node:http and its time-outs. */
const SILENCE_MS = 1_000;

/**
 * Takes handshakes of the usual form right off their sockets, before node:http would make a parser, a request and a
 * response for each: a third of what a handshake costs. Everything else goes to node:http as it came.
 *
 * @returns ends that, and the connections that have said nothing yet
 */
export function takePlainUpgrades(server: Server, upgrade: Upgrade): () => void {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  const silent = new LinkedList<Silent>();
  let ended = false;
  const timer = setInterval(lookForSilence, SILENCE_MS);

  function begin(socket: Socket): void {
    if (ended) {
      toHttp(socket);
      return;
    }
    const wire = socket as Newcomer;
    wire[its] = silent.add({ socket: wire, since: performance.now() });
    socket.on('error', ignored);
    socket.on('data', first);
  }

  function first(this: Newcomer, chunk: Buffer): void {
    release(this);
    const plain = readPlainUpgrade(chunk);
    if (plain === undefined) {
      this.unshift(chunk);
      toHttp(this);
    } else {
      const { url, headers, head } = plain;
      upgrade({ method: 'GET', url, headers, socket: this }, this, head);
    }
  }

  function release(socket: Newcomer): void {
    silent.remove(socket[its]);
    socket.off('data', first);
    socket.pause();
  }

  function toHttp(socket: Socket): void {
    socket.off('error', ignored);
    for (const listener of listeners) listener.call(server, socket);
    socket.resume();
  }

  function lookForSilence(): void {
    const before = performance.now() - SILENCE_MS;
    for (const { socket, since } of silent) {
      if (socket.readableEnded) socket.destroy();
      if (socket.destroyed) silent.remove(socket[its]);
      // They are in the order in which they came.
      else if (since > before) break;
      else {
        release(socket);
        toHttp(socket);
      }
    }
  }

  server.removeAllListeners('connection');
  server.on('connection', begin);
  return () => {
    ended = true;
    clearInterval(timer);
    for (const { socket } of silent) socket.destroy();
  };
}

function ignored(): void {}
