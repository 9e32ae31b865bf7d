import { MOST_PER_REPLICA, mostReplicas } from '../derive.ts';
import { amount } from '../field.ts';
import { Postgres } from '../postgres.ts';
import { CONTROLLER_OF_CLASS } from '../route.ts';
import type { Sections, SpecRule } from './sections.ts';

/** What would be too much: for the time of a drain, for memory, for a processor. */

const memoryLimit = ({ server }: Sections) => amount(server.resources.limits.memory);
const MEMORY_LIMIT = 'quantity(string(self.server.resources.limits.memory))';
const limits = ({ server }: Sections) => server.settings.limits;
const LIMITS = 'self.server.settings.limits';

/** Whether a number of bytes, as CEL, fits into a quantity. As a quantity itself it would cost too much in CEL's estimate. */
export const fits = (bytes: string, quantity: string) =>
  `!${quantity}.sub(${bytes}).isLessThan(quantity('0'))`;

const sockets = ({ autoscaling }: Sections) => autoscaling.connectionsPerReplica * autoscaling.max;
const SOCKETS = 'self.autoscaling.connectionsPerReplica * self.autoscaling.max';

const DAY_SECONDS = 86_400;

/** Deregistration of a target ends then at the latest, sockets or not. */
const MOST_ALB_SECONDS = 3_600;
const isAlb = ({ route: { ingress } }: Sections) =>
  ingress !== undefined && (ingress.controller ?? CONTROLLER_OF_CLASS[ingress.className]) === 'aws-alb';
const ALB_CLASSES = Object.keys(CONTROLLER_OF_CLASS).filter(
  (name) => CONTROLLER_OF_CLASS[name] === 'aws-alb',
);
const IS_ALB = `(has(self.route.ingress) && (has(self.route.ingress.controller) ? self.route.ingress.controller == 'aws-alb' : self.route.ingress.className in [${ALB_CLASSES.map((name) => `'${name}'`).join(', ')}]))`;

/** What a replica takes without a socket, and what an idle one adds: 6.3 KB were measured, on channels. */
const BASE_BYTES = 64 * 1024 ** 2;
const SOCKET_BYTES = 8 * 1024;

/** So much of the memory may be taken by one thing at a time: a client, a request. */
const ONE_IN = 4;

/**
 * One process has one event loop, so that more than a processor is never used by it. The odd part keeps the bound between
 * the values that there are, on which the arithmetic of both sides might differ.
 */
const MOST_PERCENT = 100.0001;

/** Shared buffers of Postgres, and what a connection adds: https://blog.anarazel.de/2020/10/07/measuring-the-memory-overhead-of-a-postgres-connection/ */
export const POSTGRES_BASE_BYTES = 128 * 1024 ** 2;
export const POSTGRES_CONNECTION_BYTES = 2 * 1024 ** 2;

/** Of the standalone Postgres there is where none is chosen: the CRD has no default for a choice. */
const POSTGRES_MEMORY = Postgres.parse({ standalone: {} }).standalone?.resources.limits.memory;
const fitsPostgres = (quantity: string) =>
  fits(
    `${POSTGRES_BASE_BYTES} + ${MOST_PER_REPLICA * POSTGRES_CONNECTION_BYTES} * self.autoscaling.max`,
    quantity,
  );

export const capacityRules: readonly SpecRule[] = [
  {
    code: 'TG1131',
    path: ['drain', 'reconnectsPerSecond'],
    test: (spec) => sockets(spec) <= spec.drain.reconnectsPerSecond * DAY_SECONDS,
    cel: `${SOCKETS} <= self.drain.reconnectsPerSecond * ${DAY_SECONDS}`,
    reason: 'A drain of all replicas would take more than a day, and a rollout waits for it',
  },
  {
    code: 'TG1132',
    path: ['drain', 'reconnectsPerSecond'],
    test: (spec) => !isAlb(spec) || sockets(spec) <= spec.drain.reconnectsPerSecond * MOST_ALB_SECONDS,
    cel: `!${IS_ALB} || ${SOCKETS} <= self.drain.reconnectsPerSecond * ${MOST_ALB_SECONDS}`,
    reason: 'An AWS load balancer cuts what is left after an hour, and the drain takes longer',
  },
  {
    code: 'TG1133',
    path: ['server', 'resources', 'limits', 'memory'],
    test: (spec) => BASE_BYTES + SOCKET_BYTES * spec.autoscaling.connectionsPerReplica <= memoryLimit(spec),
    cel: fits(`${BASE_BYTES} + ${SOCKET_BYTES} * self.autoscaling.connectionsPerReplica`, MEMORY_LIMIT),
    reason:
      'A replica takes 64 MiB and 8 KiB an idle socket, and is killed before it holds connectionsPerReplica',
  },
  {
    code: 'TG1134',
    path: ['server', 'settings', 'limits', 'queueBytes'],
    test: (spec) => ONE_IN * limits(spec).queueBytes <= memoryLimit(spec),
    cel: fits(`${ONE_IN} * ${LIMITS}.queueBytes`, MEMORY_LIMIT),
    reason: 'A few clients that read too slowly could fill the memory of a replica, a quarter each',
  },
  {
    code: 'TG1135',
    path: ['server', 'settings', 'limits', 'messageBytes'],
    test: (spec) => limits(spec).messageBytes <= limits(spec).queueBytes,
    cel: `${LIMITS}.messageBytes <= ${LIMITS}.queueBytes`,
    reason:
      'A message as large as is allowed fits into no queue, so that one cuts off everybody it is sent to',
  },
  {
    code: 'TG1136',
    path: ['server', 'settings', 'http', 'bodyBytes'],
    test: (spec) => ONE_IN * spec.server.settings.http.bodyBytes <= memoryLimit(spec),
    cel: fits(`${ONE_IN} * self.server.settings.http.bodyBytes`, MEMORY_LIMIT),
    reason: 'A few requests could fill the memory of a replica, a quarter each',
  },
  {
    code: 'TG1137',
    path: ['server', 'settings', 'http', 'cacheBytes'],
    test: (spec) =>
      spec.redis.inProcess === undefined || 2 * spec.server.settings.http.cacheBytes <= memoryLimit(spec),
    cel: `!has(self.redis) || !has(self.redis.inProcess) || ${fits('2 * self.server.settings.http.cacheBytes', MEMORY_LIMIT)}`,
    reason: 'Without Redis responses are cached in the process, where they may take half of its memory',
  },
  {
    code: 'TG1138',
    path: ['autoscaling', 'cpuPercent'],
    test: ({ autoscaling, server }) =>
      autoscaling.min === autoscaling.max ||
      amount(server.resources.requests.cpu) * autoscaling.cpuPercent <= MOST_PERCENT,
    cel: `self.autoscaling.min == self.autoscaling.max || quantity(string(self.server.resources.requests.cpu)).asApproximateFloat() * double(self.autoscaling.cpuPercent) <= ${MOST_PERCENT}`,
    reason:
      'The autoscaler aims at more than one processor, which one event loop never uses, so that it would never scale',
  },
  {
    code: 'TG1139',
    path: ['postgres', 'standalone', 'resources', 'limits', 'memory'],
    test: ({ postgres, autoscaling }) =>
      postgres.standalone === undefined ||
      POSTGRES_BASE_BYTES + POSTGRES_CONNECTION_BYTES * mostReplicas(autoscaling) <=
        amount(postgres.standalone.resources.limits.memory),
    cel: `has(self.postgres) ? (!has(self.postgres.standalone) || ${fitsPostgres('quantity(string(self.postgres.standalone.resources.limits.memory))')}) : ${fitsPostgres(`quantity('${POSTGRES_MEMORY}')`)}`,
    reason:
      'Postgres takes 128 MiB and 2 MiB a connection, of which 2 × autoscaling.max replicas have one at least each',
  },
];
