import type { Broker } from '../rooms/broker/broker.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { History } from '../store/history.ts';
import type { Background } from '../tasks/background.ts';
import type { Connections } from '../transport/connections.ts';
import type { Backend } from './backend.ts';
import type { Readings } from './readings.ts';
import type { Tally } from './tally.ts';

interface MetricSources {
  readonly connections: Connections;
  readonly rooms: Rooms;
  readonly tally: Tally;
  readonly broker: Broker;
  readonly history: History;
  readonly background: Background;
  readonly backends: readonly Backend[];
  readonly draining: () => boolean;
}

/** What /metrics shows of the process, its clients and its stores. Counting costs the hot path nothing. */
export function serverMetrics(readings: Readings, sources: MetricSources): void {
  const { connections, rooms, tally, broker, history, background, backends, draining } = sources;
  readings.gauge('tidegate_connections', 'Clients connected now', () => connections.size);
  readings.gauge('tidegate_rooms', 'Rooms with a member on this replica', () => rooms.size);
  readings.gauge('tidegate_draining', '1 while the process drains', () => Number(draining()));
  readings.counter('tidegate_messages_received_total', 'Messages from clients', () => tally.received);
  readings.counter(
    'tidegate_deliveries_total',
    'Messages queued for clients, once a client',
    () => tally.delivered,
  );
  readings.counter(
    'tidegate_slow_clients_total',
    'Clients closed since too much waited for them',
    () => tally.overflows,
  );
  readings.counter(
    'tidegate_dead_clients_total',
    'Clients cut off since they answered no ping',
    () => tally.dead,
  );
  readings.counterBy('tidegate_closes_total', 'Clients gone, by close code', 'code', () => tally.closes);
  readings.counterBy(
    'tidegate_refusals_total',
    'Handshakes refused, by reason',
    'reason',
    () => tally.refusals,
  );
  readings.counter(
    'tidegate_broker_failures_total',
    'Messages not sent to other replicas',
    () => broker.failures,
  );
  readings.gauge('tidegate_history_waiting', 'Chat messages not stored yet', () => history.waiting);
  readings.counter('tidegate_history_stored_total', 'Chat messages stored', () => history.stored);
  readings.counter('tidegate_history_lost_total', 'Chat messages given up', () => history.lost);
  readings.counter('tidegate_history_failures_total', 'Times that Postgres failed', () => history.failures);
  readings.gauge(
    'tidegate_background_running',
    'Background work that has not ended',
    () => background.running,
  );
  readings.counter(
    'tidegate_background_failed_total',
    'Background work that failed',
    () => background.failed,
  );
  readings.gaugeBy('tidegate_backend_up', '1 when Redis, or Postgres, can be used', 'backend', () =>
    backends.map(({ name, isUp }) => [name, Number(isUp)] as const),
  );
}
