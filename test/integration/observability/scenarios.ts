import type { AlertSubject } from '../../../src/constructs/index.ts';

/** Sizes small enough to be read. */
export const SUBJECT: AlertSubject = {
  namespace: 'chat-prod',
  job: 'chat-server',
  intervalSeconds: 30,
  mostConnections: 100,
  capacity: 1_000,
  drainable: 60,
  reconnectsPerSecond: 10,
  memoryBytes: 1_000,
  redis: true,
};

/** Values of a series every 30 seconds, as promtool writes them: `0+1x40` begins at 0 and grows by 1 forty times. */
type Series = readonly [metric: string, labels: Readonly<Record<string, string>>, values: string];

/** What is seen of an environment, and what an alert says of it. */
export interface Scenario {
  readonly alert: string;
  readonly given: string;
  readonly series: readonly Series[];
  /** When it is looked at. */
  readonly after: string;
  /** Labels beside those of the environment, and the description; undefined when there is to be no alert. */
  readonly fires?: { readonly labels?: Readonly<Record<string, string>>; readonly description: string };
}

const on = (pod: string, more: Readonly<Record<string, string>> = {}) => ({ pod, ...more });
/** 20 in 10 minutes, once it has run for as long. */
const growing = (metric: string, labels: Readonly<Record<string, string>> = on('a')): Series => [
  metric,
  labels,
  '0+1x40',
];

export const SCENARIOS: readonly Scenario[] = [
  {
    alert: 'TidegateNoReplica',
    given: 'all replicas drain',
    series: [['tidegate_draining', on('a'), '1x10']],
    after: '3m',
    fires: {
      description: 'No replica answers Prometheus, or all that do are draining: clients cannot connect.',
    },
  },
  {
    alert: 'TidegateNoReplica',
    given: 'nothing answers',
    series: [],
    after: '3m',
    fires: {
      description: 'No replica answers Prometheus, or all that do are draining: clients cannot connect.',
    },
  },
  {
    alert: 'TidegateNoReplica',
    given: 'one replica of two drains',
    series: [
      ['tidegate_draining', on('a'), '1x10'],
      ['tidegate_draining', on('b'), '0x10'],
    ],
    after: '3m',
  },
  {
    alert: 'TidegateRedisDown',
    given: 'one replica of two has no Redis, with two workers',
    series: [
      ['tidegate_backend_up', on('a', { backend: 'redis', worker: '1' }), '0x10'],
      ['tidegate_backend_up', on('a', { backend: 'redis', worker: '2' }), '0x10'],
      ['tidegate_backend_up', on('b', { backend: 'redis' }), '1x10'],
    ],
    after: '2m',
    fires: {
      labels: { backend: 'redis' },
      description:
        '1 replicas cannot use redis: they have no connection, or what each sends itself through Redis does not come back.',
    },
  },
  {
    alert: 'TidegateRedisDown',
    given: 'Redis is back after half a minute, and Postgres is away',
    series: [
      ['tidegate_backend_up', on('a', { backend: 'redis' }), '0 0 1x10'],
      ['tidegate_backend_up', on('a', { backend: 'postgres' }), '0x10'],
    ],
    after: '2m',
  },
  {
    alert: 'TidegateDeliveryBroken',
    given: 'messages are not sent',
    series: [growing('tidegate_broker_failures_total')],
    after: '10m',
    fires: { description: '10 messages of the last 5 minutes reached the clients of one replica only.' },
  },
  {
    alert: 'TidegateDeliveryBroken',
    given: 'messages were not sent long ago',
    series: [['tidegate_broker_failures_total', on('a'), '3x40']],
    after: '10m',
  },
  {
    alert: 'TidegateChannelGaps',
    given: 'gaps are not filled',
    series: [growing('tidegate_channel_gaps_total', on('a', { outcome: 'unfilled' }))],
    after: '15m',
    fires: {
      description: '20 gaps of the last 10 minutes could not be filled from history; the clients were told.',
    },
  },
  {
    alert: 'TidegateChannelGaps',
    given: 'gaps are filled',
    series: [growing('tidegate_channel_gaps_total', on('a', { outcome: 'filled' }))],
    after: '15m',
  },
  {
    alert: 'TidegatePostgresDown',
    given: 'two replicas have no Postgres',
    series: ['a', 'b'].map((pod) => ['tidegate_backend_up', on(pod, { backend: 'postgres' }), '0x10']),
    after: '3m',
    fires: {
      labels: { backend: 'postgres' },
      description: '2 replicas cannot use Postgres; what waits too long, or is too much, is lost.',
    },
  },
  {
    alert: 'TidegatePostgresDown',
    given: 'Postgres is there',
    series: [['tidegate_backend_up', on('a', { backend: 'postgres' }), '1x10']],
    after: '3m',
  },
  {
    alert: 'TidegateHistoryLost',
    given: 'chat is given up',
    series: [growing('tidegate_history_lost_total')],
    after: '15m',
    fires: { description: '20 messages of the last 10 minutes were delivered, but are not replayed.' },
  },
  {
    alert: 'TidegateHistoryLost',
    given: 'chat was given up long ago',
    series: [['tidegate_history_lost_total', on('a'), '5x40']],
    after: '15m',
  },
  {
    alert: 'TidegateSlowClients',
    given: 'one client in fifty is slow',
    series: [growing('tidegate_slow_clients_total'), ['tidegate_connections', on('a'), '1000x40']],
    after: '15m',
    fires: {
      description: '20 clients of the last 10 minutes were closed with 1013, since too much waited for them.',
    },
  },
  {
    alert: 'TidegateSlowClients',
    given: 'one client in a hundred is slow',
    series: [growing('tidegate_slow_clients_total'), ['tidegate_connections', on('a'), '2000x40']],
    after: '15m',
  },
  {
    alert: 'TidegateSlowClients',
    given: 'five of ten clients are slow',
    series: [
      ['tidegate_slow_clients_total', on('a'), '0+0.25x40'],
      ['tidegate_connections', on('a'), '10x40'],
    ],
    after: '15m',
  },
  {
    alert: 'TidegateAbnormalCloses',
    given: 'six closes of ten are abnormal',
    series: [
      ['tidegate_closes_total', on('a', { code: '1006' }), '0+6x60'],
      ['tidegate_closes_total', on('a', { code: '1000' }), '0+4x60'],
    ],
    after: '20m',
    fires: {
      description:
        '60% of the closes of the last 10 minutes had the code 1006: look at proxies and their idle timeouts.',
    },
  },
  {
    alert: 'TidegateAbnormalCloses',
    given: 'four closes of ten are abnormal',
    series: [
      ['tidegate_closes_total', on('a', { code: '1006' }), '0+4x60'],
      ['tidegate_closes_total', on('a', { code: '1000' }), '0+6x60'],
    ],
    after: '20m',
  },
  {
    alert: 'TidegateAbnormalCloses',
    given: 'all of a hundred closes are abnormal',
    series: [['tidegate_closes_total', on('a', { code: '1006' }), '0+5x60']],
    after: '20m',
  },
  {
    alert: 'TidegateEndpointErrors',
    given: 'endpoints throw',
    series: [growing('tidegate_closes_total', on('a', { code: '1011' }))],
    after: '15m',
    fires: {
      description: '20 sockets of the last 10 minutes were closed with 1011; the log tells why.',
    },
  },
  {
    alert: 'TidegateEndpointErrors',
    given: 'clients leave',
    series: [growing('tidegate_closes_total', on('a', { code: '1001' }))],
    after: '15m',
  },
  {
    alert: 'TidegateHandshakesFail',
    given: 'keys of tokens cannot be fetched',
    series: [growing('tidegate_refusals_total', on('a', { reason: 'keys' }))],
    after: '15m',
    fires: {
      labels: { reason: 'keys' },
      description: '20 handshakes of the last 10 minutes were refused with the reason keys.',
    },
  },
  {
    alert: 'TidegateHandshakesFail',
    given: 'tokens are wrong',
    series: [growing('tidegate_refusals_total', on('a', { reason: 'auth' }))],
    after: '15m',
  },
  {
    alert: 'TidegateDrainTooLong',
    given: 'the workers of a replica hold 61 sockets',
    series: [
      ['tidegate_connections', on('a', { worker: '1' }), '30x20'],
      ['tidegate_connections', on('a', { worker: '2' }), '31x20'],
    ],
    after: '6m',
    fires: {
      labels: { pod: 'a' },
      description: 'a holds 61 sockets; a drain would cut off those over 60.',
    },
  },
  {
    alert: 'TidegateDrainTooLong',
    given: 'two replicas hold 60 sockets each',
    series: ['a', 'b'].map((pod) => ['tidegate_connections', on(pod), '60x20']),
    after: '6m',
  },
  {
    alert: 'TidegateConnectionsNearLimit',
    given: 'a replica holds 91 sockets',
    series: [['tidegate_connections', on('a'), '91x20']],
    after: '6m',
    fires: { labels: { pod: 'a' }, description: 'a holds 91 sockets, and accepts 100.' },
  },
  {
    alert: 'TidegateConnectionsNearLimit',
    given: 'a replica holds 90 sockets',
    series: [['tidegate_connections', on('a'), '90x20']],
    after: '6m',
  },
  {
    alert: 'TidegateCapacityNearEnd',
    given: 'replicas hold 901 sockets',
    series: [
      ['tidegate_connections', on('a'), '450x40'],
      ['tidegate_connections', on('b'), '451x40'],
    ],
    after: '11m',
    fires: { description: '901 sockets are open; autoscaling.max replicas are sized for 1000.' },
  },
  {
    alert: 'TidegateCapacityNearEnd',
    given: 'replicas hold 900 sockets',
    series: ['a', 'b'].map((pod) => ['tidegate_connections', on(pod), '450x40']),
    after: '11m',
  },
  {
    alert: 'TidegateReconnectStorm',
    given: '20 sockets open a second',
    series: [
      ['tidegate_handshake_duration_seconds_count', on('a', { status: '101', route: '/ws' }), '0+300x20'],
      ['tidegate_handshake_duration_seconds_count', on('b', { status: '101', route: '/ws' }), '0+300x20'],
    ],
    after: '5m',
    fires: { description: '20 sockets open a second; drains are paced for 10.' },
  },
  {
    alert: 'TidegateReconnectStorm',
    given: '10 sockets open a second, and 20 handshakes are refused',
    series: [
      ['tidegate_handshake_duration_seconds_count', on('a', { status: '101', route: '/ws' }), '0+300x20'],
      ['tidegate_handshake_duration_seconds_count', on('a', { status: '403', route: '/ws' }), '0+600x20'],
    ],
    after: '5m',
  },
  {
    alert: 'TidegateEventLoopLag',
    given: 'one worker of a replica lags by 200 ms',
    series: [
      ['nodejs_eventloop_lag_p99_seconds', on('a', { worker: '1' }), '0.2x20'],
      ['nodejs_eventloop_lag_p99_seconds', on('a', { worker: '2' }), '0.01x20'],
    ],
    after: '6m',
    fires: {
      labels: { pod: 'a' },
      description: 'Of the turns of the event loop of a, one in a hundred is 200ms late.',
    },
  },
  {
    alert: 'TidegateEventLoopLag',
    given: 'it lags by 50 ms',
    series: [['nodejs_eventloop_lag_p99_seconds', on('a'), '0.05x20']],
    after: '6m',
  },
  {
    alert: 'TidegateMemoryNearLimit',
    given: 'a replica uses 901 bytes of 1,000',
    series: [['process_resident_memory_bytes', on('a'), '901x20']],
    after: '6m',
    fires: {
      labels: { pod: 'a' },
      description: 'a uses 901B; at its limit it is killed with all its sockets.',
    },
  },
  {
    alert: 'TidegateMemoryNearLimit',
    given: 'a replica uses 900 bytes of 1,000',
    series: [['process_resident_memory_bytes', on('a'), '900x20']],
    after: '6m',
  },
];
