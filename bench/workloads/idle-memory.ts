import type { Figure, Workload } from '../workload.ts';

const memory: Figure = {
  measured: 'kbPerConnection',
  title: 'KB per idle connection',
  better: 'lower',
  byClock: false,
  digits: 1,
};

/**
 * Growth of the server's resident memory over 10,000 connections, from before the first until they have been silent for a
 * while; pings go on as they do by default, and garbage is collected when the runtime does so by itself. Clients of
 * channels are subscribed to one that all share.
 */
export const idleMemory: Workload = {
  name: 'idle-memory',
  title: 'Memory of 10,000 idle connections',
  activity: 'idle',
  loads: [{ mode: 'idle', clients: 10_000, times: 5, figures: [memory] }],
  goals: [
    { contender: 'Tidegate', figure: memory.title, atMost: 9 },
    { contender: 'Tidegate channels', figure: memory.title, atMost: 14 },
  ],
};
