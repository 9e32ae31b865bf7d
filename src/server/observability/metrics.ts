import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Broker } from '../rooms/broker/broker.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { History } from '../store/history.ts';
import type { Background } from '../tasks/background.ts';
import type { Connections } from '../transport/connections.ts';
import type { Backend } from './backend.ts';
import type { Tally } from './tally.ts';

export interface MetricSources {
  readonly connections: Connections;
  readonly rooms: Rooms;
  readonly tally: Tally;
  readonly broker: Broker;
  readonly history: History;
  readonly background: Background;
  readonly backends: readonly Backend[];
  readonly draining: () => boolean;
}

/** Everything /metrics shows. Values are read when they are scraped, so counting costs the hot path nothing. */
export function metricsOf(sources: MetricSources): Registry {
  const { connections, rooms, tally, broker, history, background, backends, draining } = sources;
  const register = new Registry();
  collectDefaultMetrics({ register });

  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        this.set(value());
      },
    });
  const counter = (name: string, help: string, value: () => number) =>
    new Counter({
      name,
      help,
      registers: [register],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  const counterBy = <K extends string | number>(
    name: string,
    help: string,
    label: string,
    values: ReadonlyMap<K, number>,
  ) =>
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [register],
      collect() {
        this.reset();
        for (const [key, value] of values) this.inc({ [label]: String(key) }, value);
      },
    });

  gauge('tidegate_connections', 'Clients connected now', () => connections.size);
  gauge('tidegate_rooms', 'Rooms with a member on this replica', () => rooms.size);
  gauge('tidegate_draining', '1 while the process drains', () => Number(draining()));
  counter('tidegate_messages_received_total', 'Messages from clients', () => tally.received);
  counter('tidegate_deliveries_total', 'Messages queued for clients, once a client', () => tally.delivered);
  counter(
    'tidegate_slow_clients_total',
    'Clients closed since too much waited for them',
    () => tally.overflows,
  );
  counter('tidegate_dead_clients_total', 'Clients cut off since they answered no ping', () => tally.dead);
  counterBy('tidegate_closes_total', 'Clients gone, by close code', 'code', tally.closes);
  counterBy('tidegate_refusals_total', 'Handshakes refused, by reason', 'reason', tally.refusals);
  counter('tidegate_broker_failures_total', 'Messages not sent to other replicas', () => broker.failures);
  gauge('tidegate_history_waiting', 'Chat messages not stored yet', () => history.waiting);
  counter('tidegate_history_stored_total', 'Chat messages stored', () => history.stored);
  counter('tidegate_history_lost_total', 'Chat messages given up', () => history.lost);
  counter('tidegate_history_failures_total', 'Times that Postgres failed', () => history.failures);
  gauge('tidegate_background_running', 'Background work that has not ended', () => background.running);
  counter('tidegate_background_failed_total', 'Background work that failed', () => background.failed);
  new Gauge({
    name: 'tidegate_backend_up',
    help: '1 when Redis, or Postgres, can be used',
    labelNames: ['backend'],
    registers: [register],
    collect() {
      for (const backend of backends) this.set({ backend: backend.name }, Number(backend.isUp));
    },
  });
  return register;
}
