import { deliveriesPerCpuSecond, deliveriesPerSecond } from '../figures.ts';
import type { Goal, Workload } from '../workload.ts';

/** One room, as many messages as fit. */
function flatOut(members: number, goals: readonly Goal[]): Workload {
  return {
    name: `flat-out-${members}`,
    title: `A room of ${members.toLocaleString('en')}, as many messages as fit`,
    activity: 'room',
    loads: [{ mode: 'flat-out', clients: members, figures: [deliveriesPerSecond, deliveriesPerCpuSecond] }],
    goals,
  };
}

const figure = deliveriesPerSecond.title;

export const flatOut1000 = flatOut(1_000, [
  { contender: 'Tidegate channels', figure, against: 'Centrifugo', atLeast: 6 },
  { contender: 'Tidegate', figure, against: 'Socket.IO', atLeast: 50 },
  { contender: 'Tidegate', figure, against: 'uvicorn', atLeast: 100 },
]);

export const flatOut5000 = flatOut(5_000, [
  { contender: 'Tidegate channels', figure, against: 'Centrifugo', atLeast: 6 },
]);
