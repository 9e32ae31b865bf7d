import type { Figure, Goal, Workload } from '../workload.ts';

const latency = { better: 'lower', byClock: true, digits: 2 } as const;
const calm: Figure = { ...latency, measured: 'calmP99Ms', title: 'p99 ms when all read' };
const disturbed: Figure = { ...latency, measured: 'p99Ms', title: 'p99 ms of who reads' };
const ratio: Figure = { ...latency, measured: 'p99Ratio', title: 'p99 ratio' };

/** The others of the thousand are those who read nothing. */
const READERS = 900;

/**
 * A member publishes 16 KiB twenty times a second. In every other turn 100 more have joined who read nothing: what waits for
 * each exceeds its bound of a megabyte within a turn.
 */
function slow(
  name: string,
  activity: Workload['activity'],
  answer: string,
  goals: readonly Goal[],
): Workload {
  return {
    name,
    title: `A room of ${READERS}, without and with 100 who read nothing and ${answer}`,
    activity,
    loads: [
      {
        mode: 'slow-readers',
        flood: 'non-readers',
        clients: READERS,
        perSecond: 20,
        burst: 16,
        messageBytes: 1_024,
        seconds: 6,
        figures: [calm, disturbed, ratio],
      },
    ],
    goals,
  };
}

const goal = (contender: string): Goal => ({ contender, figure: ratio.title, atMost: 1.2 });

export const slowReaders = slow('slow-readers', 'room', 'are closed', [
  goal('Tidegate'),
  goal('Tidegate channels'),
]);
export const slowReadersDropping = slow('slow-readers-dropping', 'dropping-room', 'lose the oldest', [
  goal('Tidegate'),
]);
