import type { Figure, Workload } from '../workload.ts';

const perSecond: Figure = { measured: 'perSecond', title: 'connects/s', better: 'higher', byClock: true };
const perCpuSecond: Figure = {
  measured: 'perCpuSecond',
  title: 'connects per CPU second',
  better: 'higher',
  byClock: false,
};

/** From the TCP connection to the answer that lets a client in, each with a token of its own; 128 under way at once. */
export const connects: Workload = {
  name: 'connects',
  title: 'Connects with a token, 5,000 clients, again and again',
  activity: 'connect',
  loads: [{ mode: 'connect', clients: 5_000, figures: [perSecond, perCpuSecond] }],
  goals: [{ contender: 'Tidegate channels', figure: perSecond.title, against: 'Centrifugo', atLeast: 1.2 }],
};
