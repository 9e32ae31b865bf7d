import { deliveriesPerCpuSecond, deliveriesPerSecond } from '../figures.ts';
import type { Figure, Workload } from '../workload.ts';

const latency = { better: 'lower', byClock: true, digits: 2 } as const;
const median: Figure = { ...latency, measured: 'p50Ms', title: 'p50 ms at 20/s' };
const tail: Figure = { ...latency, measured: 'p99Ms', title: 'p99 ms at 20/s' };

/** One room, with the next message when all have the last; then at a rate that no server is busy with. */
function oneAtATime(members: number): Workload {
  const compared = { contender: 'Tidegate channels', against: 'Centrifugo' };
  return {
    name: `one-at-a-time-${members}`,
    title: `A room of ${members.toLocaleString('en')}, one message at a time`,
    activity: 'room',
    loads: [
      { mode: 'one-at-a-time', clients: members, figures: [deliveriesPerSecond, deliveriesPerCpuSecond] },
      { mode: 'rate', clients: members, figures: [median, tail] },
    ],
    goals: [
      { ...compared, figure: deliveriesPerSecond.title, atLeast: 1.2 },
      { ...compared, figure: median.title, atLeast: 1 },
      { ...compared, figure: tail.title, atLeast: 1 },
    ],
  };
}

export const oneAtATime1000 = oneAtATime(1_000);
export const oneAtATime5000 = oneAtATime(5_000);
