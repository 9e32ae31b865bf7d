import { deliveriesPerCpuSecond, deliveriesPerSecond } from '../figures.ts';
import type { Workload } from '../workload.ts';

/** The publisher is on one replica, the members are on both. */
export const replicas: Workload = {
  name: 'replicas',
  title: 'Two replicas over one Redis, a room of 1,000, as many messages as fit',
  activity: 'room',
  replicas: 2,
  loads: [{ mode: 'flat-out', clients: 1_000, figures: [deliveriesPerSecond, deliveriesPerCpuSecond] }],
  goals: [
    {
      contender: 'Tidegate channels',
      figure: deliveriesPerSecond.title,
      against: 'Centrifugo',
      atLeast: 1.5,
    },
  ],
};
