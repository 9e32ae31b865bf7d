import { z } from 'zod';
import { addressRange } from '../field.ts';

/** Counts for what comes after a change, without a restart. */
const LIVE = { live: true };

/** How often something may happen; 0 does not limit it. */
const rate = (what: string) =>
  z
    .number()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({ description: `${what}; 0 is no limit`, ...LIVE });

/** How many there may be at once; 0 does not limit them. */
const most = (what: string) =>
  z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({ description: `${what}; 0 is no limit`, ...LIVE });

/**
 * Those by address are off by default: behind a proxy that `trustedProxies` does not name, all clients have one address.
 * An IPv6 client counts by its /64, as it chooses its address within that freely.
 */
export const limits = z
  .strictObject({
    messageBytes: z
      .int()
      .min(128)
      .max(16_777_216)
      .default(65_536)
      .meta({
        description: 'Largest message from a client, in bytes; a larger one closes the socket with 1009',
        ...LIVE,
      }),
    queueBytes: z
      .int()
      .min(1_024)
      .max(268_435_456)
      .default(1_048_576)
      .meta({ description: 'Bytes that may wait for one client that reads too slowly', ...LIVE }),
    slowClients: z
      .enum(['close', 'drop-oldest'])
      .default('close')
      .meta({
        description:
          'What happens when more waits: the socket is closed with 1013, or the oldest messages are dropped',
        ...LIVE,
      }),
    connections: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .meta({ description: 'Sockets one replica accepts; further handshakes get 503', ...LIVE }),
    connectionsPerIp: most('Sockets of one address on one replica; further handshakes get 429'),
    connectionsPerUser: most('Sockets of one user on one replica; further handshakes get 429'),
    handshakesPerSecond: rate(
      'Handshakes a second from one address, over all replicas; others get 429, up to a second later',
    ),
    requestsPerSecond: rate('HTTP requests a second from one address, over all replicas; others get 429'),
    messagesPerSecond: rate(
      'Messages a second from one socket, which is closed with 1008 when it sends more',
    ),
    readMessagesPerSecond: z
      .number()
      .min(0)
      .max(10_000_000)
      .default(50_000)
      .meta({
        description:
          'Messages a second that are read from one socket. More wait, as TCP slows their sender down, so that who floods ' +
          'does not slow others. A long message counts for one more with each 256 bytes, ' +
          'from 4 KiB on with each 32; a ping for nine. 0 is no limit',
        ...LIVE,
      }),
    burstSeconds: z
      .number()
      .min(0.1)
      .max(3_600)
      .default(5)
      .meta({
        description: 'Who was quiet may use what these rates allow in so many seconds at once',
        ...LIVE,
      }),
    handshakeSeconds: z
      .int()
      .min(1)
      .max(60)
      .default(10)
      .describe('Seconds a client may take to send the head of a request or handshake; then it gets 408'),
    slowRequestMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .default(1_000)
      .meta({
        description: 'Milliseconds from which on an HTTP request is logged as slow; 0 logs none',
        ...LIVE,
      }),
  })
  .prefault({})
  .describe('Bounds that protect a replica');

const ranges = (what: string) =>
  z
    .array(addressRange)
    .max(256)
    .default([])
    .meta({ description: what, ...LIVE });

export const addresses = z
  .strictObject({
    allow: ranges('Addresses (CIDR) that may come in; all may when it is empty'),
    deny: ranges('Addresses (CIDR) that may not, even if they are allowed; they get 403'),
  })
  .prefault({})
  .describe('Which addresses may come in; probes are not asked');
