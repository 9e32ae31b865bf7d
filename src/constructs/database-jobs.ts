import { Construct } from 'constructs';
import { type Environment, endpointOf, type SecretRequirement } from '../spec/index.ts';
import { dumpProps } from './dump-props.ts';
import { destinationOf } from './egress.ts';
import { Migration } from './migration.ts';
import type { JobBoundary, StoreBoundary } from './network-boundary.ts';
import { PostgresBackup } from './postgres-backup.ts';
import type { Stores } from './server-settings.ts';

export interface DatabaseJobsProps {
  readonly environment: Environment;
  /** The database itself, not a pooler. */
  readonly stores: Stores;
  /** Its pods; undefined when it is external. */
  readonly pods: StoreBoundary | undefined;
  readonly secrets: readonly SecretRequirement[];
}

/** What works on the database beside the server: dumps of it, and the application's migrations. */
export class DatabaseJobs extends Construct {
  /** Whom they reach. */
  readonly boundaries: readonly JobBoundary[];

  constructor(scope: Construct, id: string, { environment, stores, pods, secrets }: DatabaseJobsProps) {
    super(scope, id);
    const { metadata, spec } = environment;
    const own = pods === undefined ? [] : [pods];
    const boundaries: JobBoundary[] = [];
    const dumps = dumpProps(environment);
    if (dumps !== undefined) {
      new PostgresBackup(this, 'backup', dumps);
      const store = destinationOf(endpointOf(dumps.spec.s3));
      boundaries.push({
        component: 'backup',
        stores: own,
        destinations: store === undefined ? [] : [store],
      });
    }
    if (spec.migrations !== undefined) {
      new Migration(this, 'migration', {
        instance: metadata.name,
        spec: spec.migrations,
        server: spec.server,
        stores,
        secrets,
      });
      const { external } = spec.postgres;
      boundaries.push({
        component: 'migration',
        stores: own,
        destinations: external === undefined ? [] : [external],
      });
    }
    this.boundaries = boundaries;
  }
}
