import type { Registry } from 'prom-client';
import type { HttpServer } from '../http/fastify.ts';
import type { Address } from '../http/listen.ts';

/** What an application brings into a fleet. */
export interface FleetMember {
  readonly http: HttpServer;
  readonly connections: { readonly size: number };
  readonly metrics: Registry;
  /** Resolves once Redis and Postgres were reached. */
  whenReady(): Promise<void>;
}

/** The processes that serve one port together, as one of them knows them. */
export interface Fleet {
  /** Takes clients from the supervisor, who has the port. */
  open(member: FleetMember): Promise<Address>;
  /** Clients of all processes. */
  readonly size: number;
  /** Metrics of all processes. */
  readonly metrics: Pick<Registry, 'contentType' | 'metrics'>;
}
