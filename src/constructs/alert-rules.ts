import type { AlertSubject } from './alert-subject.ts';

type Severity = 'critical' | 'warning';

/** An alerting rule of Prometheus. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: Severity; readonly namespace: string; readonly job: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Share of a ceiling at which it is near. */
const NEAR = 0.9;
/** Of what drains let go: as many come back, and others come besides. */
const STORM = 1.5;
/** Share of the clients that may be slow, and of the closes that may be without a word, as on mobile networks. */
const SLOW = 0.01;
const ABNORMAL = 0.5;
/** What is too few to mean anything. */
const FEW = { slow: 10, closes: 100, failures: 10 };
/** What a person takes for immediate. */
const LAG_SECONDS = 0.1;

/**
 * The alerts that matter for sockets: critical when clients cannot connect, or when messages are lost or stay away; a
 * warning when that is near, or when some clients suffer. Expressions use what the server exports and nothing else.
 */
export function alertRules(subject: AlertSubject): readonly AlertRule[] {
  const { namespace, job, redis, drainable, mostConnections, capacity, reconnectsPerSecond, memoryBytes } =
    subject;
  const series = (metric: string, ...matchers: readonly string[]) =>
    `${metric}{${[`namespace="${namespace}"`, `job="${job}"`, ...matchers].join(',')}}`;
  const total = (inner: string) => `sum(${inner})`;
  const perReplica = (inner: string) => `sum by (pod) (${inner})`;
  const grown = (minutes: number, metric: string, ...matchers: readonly string[]) =>
    total(`increase(${series(metric, ...matchers)}[${minutes}m])`);
  const down = (backend: string) =>
    `count by (backend) (min by (backend, pod) (${series('tidegate_backend_up', backend)}) == 0)`;
  const connections = series('tidegate_connections');
  const closes = grown(10, 'tidegate_closes_total');
  const near = (ceiling: number) => Math.floor(NEAR * ceiling);
  // A rate needs two readings; four leave room for some that fail.
  const moment = Math.max(60, 4 * subject.intervalSeconds);

  const rule = (severity: Severity, alert: string, one: Case): AlertRule => ({
    alert,
    expr: one.when,
    ...(one.lasts === undefined ? {} : { for: one.lasts }),
    // Sums have no labels, nor has what is absent.
    labels: { severity, namespace, job },
    annotations: { summary: one.summary, description: one.description },
  });

  return [
    rule('critical', 'TidegateNoReplica', {
      when: `absent(${series('tidegate_draining')} == 0)`,
      lasts: '2m',
      summary: 'No replica takes clients',
      description: 'No replica answers Prometheus, or all that do are draining: clients cannot connect.',
    }),
    ...(redis
      ? [
          rule('critical', 'TidegateRedisDown', {
            when: down('backend=~"redis.*"'),
            lasts: '1m',
            summary: 'Messages do not reach other replicas',
            description:
              '{{ $value }} replicas cannot use {{ $labels.backend }}: they have no connection, or what each sends itself through Redis does not come back.',
          }),
          rule('critical', 'TidegateDeliveryBroken', {
            when: `${grown(5, 'tidegate_broker_failures_total')} > 0`,
            summary: 'Messages were not sent to other replicas',
            description:
              '{{ $value | humanize }} messages of the last 5 minutes reached the clients of one replica only.',
          }),
        ]
      : []),
    rule('warning', 'TidegateChannelGaps', {
      when: `${grown(10, 'tidegate_channel_gaps_total', 'outcome="unfilled"')} > 0`,
      summary: 'Clients of channels missed messages',
      description:
        '{{ $value | humanize }} gaps of the last 10 minutes could not be filled from history; the clients were told.',
    }),
    rule('critical', 'TidegatePostgresDown', {
      when: down('backend="postgres"'),
      lasts: '2m',
      summary: 'Chat messages wait in memory',
      description: '{{ $value }} replicas cannot use Postgres; what waits too long, or is too much, is lost.',
    }),
    rule('critical', 'TidegateHistoryLost', {
      when: `${grown(10, 'tidegate_history_lost_total')} > 0`,
      summary: 'Chat messages were lost from history',
      description:
        '{{ $value | humanize }} messages of the last 10 minutes were delivered, but are not replayed.',
    }),
    rule('warning', 'TidegateSlowClients', {
      when: `(${grown(10, 'tidegate_slow_clients_total')} > ${FEW.slow}) > ${SLOW} * ${total(connections)}`,
      summary: 'Many clients are too slow',
      description:
        '{{ $value | humanize }} clients of the last 10 minutes were closed with 1013, since too much waited for them.',
    }),
    rule('warning', 'TidegateAbnormalCloses', {
      when: `${grown(10, 'tidegate_closes_total', 'code="1006"')} / (${closes} > ${FEW.closes}) > ${ABNORMAL}`,
      lasts: '5m',
      summary: 'Most sockets end without a closing frame',
      description:
        '{{ $value | humanizePercentage }} of the closes of the last 10 minutes had the code 1006: look at proxies and their idle timeouts.',
    }),
    rule('warning', 'TidegateEndpointErrors', {
      when: `${grown(10, 'tidegate_closes_total', 'code="1011"')} > ${FEW.failures}`,
      summary: 'Endpoints throw',
      description:
        '{{ $value | humanize }} sockets of the last 10 minutes were closed with 1011; the log tells why.',
    }),
    rule('warning', 'TidegateHandshakesFail', {
      when: `sum by (reason) (increase(${series('tidegate_refusals_total', 'reason=~"error|full|keys"')}[10m])) > ${FEW.failures}`,
      summary: 'Clients that should be let in are not',
      description:
        '{{ $value | humanize }} handshakes of the last 10 minutes were refused with the reason {{ $labels.reason }}.',
    }),
    rule('warning', 'TidegateDrainTooLong', {
      when: `${perReplica(connections)} > ${drainable}`,
      lasts: '5m',
      summary: 'A replica holds more sockets than it can let go',
      description: `{{ $labels.pod }} holds {{ $value }} sockets; a drain would cut off those over ${drainable}.`,
    }),
    rule('warning', 'TidegateConnectionsNearLimit', {
      when: `${perReplica(connections)} > ${near(mostConnections)}`,
      lasts: '5m',
      summary: 'A replica is nearly full',
      description: `{{ $labels.pod }} holds {{ $value }} sockets, and accepts ${mostConnections}.`,
    }),
    rule('warning', 'TidegateCapacityNearEnd', {
      when: `${total(connections)} > ${near(capacity)}`,
      lasts: '10m',
      summary: 'The environment is nearly full',
      description: `{{ $value }} sockets are open; autoscaling.max replicas are sized for ${capacity}.`,
    }),
    rule('warning', 'TidegateReconnectStorm', {
      when: `${total(`rate(${series('tidegate_handshake_duration_seconds_count', 'status="101"')}[${moment}s])`)} > ${STORM * reconnectsPerSecond}`,
      lasts: '1m',
      summary: 'Clients reconnect faster than drains send them',
      description: `{{ $value | humanize }} sockets open a second; drains are paced for ${reconnectsPerSecond}.`,
    }),
    rule('warning', 'TidegateEventLoopLag', {
      when: `max by (pod) (${series('nodejs_eventloop_lag_p99_seconds')}) > ${LAG_SECONDS}`,
      lasts: '5m',
      summary: 'A replica answers late',
      description:
        'Of the turns of the event loop of {{ $labels.pod }}, one in a hundred is {{ $value | humanizeDuration }} late.',
    }),
    rule('warning', 'TidegateMemoryNearLimit', {
      when: `${perReplica(series('process_resident_memory_bytes'))} > ${near(memoryBytes)}`,
      lasts: '5m',
      summary: 'A replica is nearly out of memory',
      description:
        '{{ $labels.pod }} uses {{ $value | humanize1024 }}B; at its limit it is killed with all its sockets.',
    }),
  ];
}

interface Case {
  /** Expression that has a result while the alert is on. */
  readonly when: string;
  /** For how long it must have one. */
  readonly lasts?: string;
  readonly summary: string;
  readonly description: string;
}
