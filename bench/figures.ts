import type { Figure } from './workload.ts';

/** Messages that reached a client. */
export const deliveriesPerSecond: Figure = {
  measured: 'perSecond',
  title: 'deliveries/s',
  better: 'higher',
  byClock: true,
};

/** The same by the CPU time of the server: what can be compared when the machine has other things to do. */
export const deliveriesPerCpuSecond: Figure = {
  measured: 'perCpuSecond',
  title: 'deliveries per CPU second',
  better: 'higher',
  byClock: false,
};
