import type { Figure, Workload } from '../workload.ts';

const perSecond: Figure = { measured: 'perSecond', title: 'messages/s', better: 'higher', byClock: true };
const perCpuSecond: Figure = {
  measured: 'perCpuSecond',
  title: 'messages per CPU second',
  better: 'higher',
  byClock: false,
};

/** Each client gets back what it sends; over Centrifugo's protocol it publishes to a channel that it alone subscribes to. */
export const echo: Workload = {
  name: 'echo',
  title: 'Echo, 100 connections, 16 messages of each under way',
  activity: 'echo',
  loads: [{ mode: 'echo', clients: 100, figures: [perSecond, perCpuSecond] }],
  goals: [
    { contender: 'Tidegate', figure: perSecond.title, against: 'Centrifugo', atLeast: 5 },
    { contender: 'Tidegate', figure: perSecond.title, against: 'uvicorn', atLeast: 12 },
  ],
};
