import type { Figure, Workload } from '../workload.ts';

const memory: Figure = {
  measured: 'kbPerConnection',
  title: 'KB per idle connection',
  better: 'lower',
  byClock: false,
  digits: 1,
};

const EARLIER = 2_000;
const CLIENTS = 8_000;
/** Garbage of the handshakes is collected by then in every runtime here, and each client was pinged. */
const SETTLE_SECONDS = 40;

/**
 * Growth of the server's resident memory from 2,000 connections, silent for 40 seconds, to 10,000, silent for as long.
 * Pings go on as they do by default, and garbage is collected when the runtime does so by itself. Clients of channels
 * are subscribed to one that all share.
 */
export const idleMemory: Workload = {
  name: 'idle-memory',
  title: 'Memory of idle connections, from 2,000 to 10,000',
  activity: 'idle',
  loads: [{ mode: 'idle', earlier: EARLIER, clients: CLIENTS, seconds: SETTLE_SECONDS, figures: [memory] }],
  goals: [
    { contender: 'Tidegate', figure: memory.title, atMost: 9 },
    { contender: 'Tidegate channels', figure: memory.title, atMost: 14 },
  ],
};
