import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';

/** What a request asks for, as far as faults tell them apart. */
export type Ask = 'watch' | 'list' | 'other';

/** What goes wrong between the operator and the API server. */
export interface Fault {
  /** Connections that are open when it begins, and those of its time, carry nothing any more, even after its end. */
  readonly freezes?: true;
  /** By how much the operator's clock is ahead, in milliseconds: it jumps there, and back at the end. */
  readonly clockMs?: number;
  /** Answers in place of the API server, or leaves that be; false lets the request through. */
  readonly answer?: (ask: Ask, response: ServerResponse, request: IncomingMessage) => boolean;
  /** Spoils what the API server answers. */
  readonly spoil?: () => Transform;
}

/** Refuses a request as the API server does. */
export function refuse(response: ServerResponse, code: number, headers: Record<string, string> = {}): true {
  const body = JSON.stringify({ kind: 'Status', code, message: `Refused with ${code}` });
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body);
  return true;
}

/** By name. Each but the first ends the watches that are open when it begins, so that it is met. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'half-open connections': { freezes: true },
  '410 to every watch': { answer: (ask, response) => ask === 'watch' && expired(response) },
  'a storm of 429': { answer: (_, response) => refuse(response, 429, { 'retry-after': '1' }) },
  '500 to everything': { answer: (_, response) => refuse(response, 500) },
  '503 to everything': { answer: (_, response) => refuse(response, 503) },
  'an expired token': { answer: (_, response) => refuse(response, 401) },
  'lists that fail after a 410': {
    answer: (ask, response) => {
      if (ask === 'watch') return expired(response);
      return ask === 'list' && refuse(response, 500);
    },
  },
  'JSON that is cut off': { spoil: cutOff },
  'bytes that trickle': { spoil: trickle },
  'a clock that jumps an hour': { clockMs: 3_600_000 },
};

/** A watch that begins and then says that its version is too old, as the API server does. */
function expired(response: ServerResponse): boolean {
  const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
  response.writeHead(200).end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
  return true;
}

/** Half of what comes first, and then an end as if all were well. */
function cutOff(): Transform {
  let cut = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, cut ? undefined : chunk.subarray(0, chunk.length / 2));
      if (!cut) this.push(null);
      cut = true;
    },
  });
}

/** A byte now and then. */
function trickle(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = chunk.values();
      const drip = setInterval(() => {
        const { value, done: empty } = bytes.next();
        if (empty !== true && !this.destroyed) return void this.push(Buffer.of(value));
        clearInterval(drip);
        done();
      }, 50);
    },
  });
}
