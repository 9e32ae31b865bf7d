import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import {
  type CloudNativePG,
  type Derived,
  endpointOf,
  parseSection,
  type S3,
  type SecretKey,
} from '../spec/index.ts';
import { KEEP } from './data-claim.ts';
import type { SecureConnection } from './endpoint.ts';
import { labels } from './labels.ts';
import { LOGIN, POSTGRES_PORT } from './postgres.ts';
import { validateProps } from './validation.ts';

export interface PostgresClusterProps {
  /** Name of the environment; the Cluster is called `<instance>-postgres`. */
  readonly instance: string;
  readonly spec: CloudNativePG;
  readonly derived: Pick<Derived, 'postgresMaxConnections' | 'postgresPooler'>;
  /** Secret with the keys `username` and `password`. */
  readonly password: SecretKey;
  /** Path in the object store, where the spec names none. */
  readonly prefix: string;
  /** True when the database outlives the environment. */
  readonly keep: boolean;
  /** Labels by which Prometheus selects a PodMonitor; none is rendered when unset. */
  readonly monitor?: { readonly labels?: Readonly<Record<string, string>> | undefined } | undefined;
}

const API_VERSION = 'postgresql.cnpg.io/v1';

/**
 * A Postgres with fail-over that the operator of CloudNativePG runs: Cluster, and Pooler, ScheduledBackup and PodMonitor
 * where they are asked for. That operator makes the rest: pods, volumes, Services, certificates, a disruption budget.
 *
 * @see https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/
 */
export class PostgresCluster extends Construct {
  /** The primary itself. What needs a session of its own, such as a migration, connects here. */
  readonly primary: SecureConnection;
  /** Where the server connects: the pooler, if there is one, else the primary. */
  readonly connection: SecureConnection;
  /** Labels that CloudNativePG gives to the pods of the cluster. */
  readonly pods: Record<string, string>;
  /** Labels that it gives to those of the pooler; undefined without one. */
  readonly poolerPods: Record<string, string> | undefined;

  constructor(scope: Construct, id: string, props: PostgresClusterProps) {
    super(scope, id);
    validateProps(
      this,
      () => parseSection('name', props.instance),
      () => parseSection('postgres', { cloudNativePG: props.spec }),
    );
    const { instance, spec, derived } = props;
    const name = `${instance}-postgres`;
    const pooler = `${name}-pooler`;
    const metadata = { name, labels: labels(instance, 'postgres') };
    const at = (host: string): SecureConnection => ({
      host,
      port: POSTGRES_PORT,
      ...LOGIN,
      tlsCa: { name: `${name}-ca`, key: 'ca.crt' },
    });
    this.primary = at(`${name}-rw`);
    this.connection = spec.pooler === undefined ? this.primary : at(pooler);
    this.pods = { 'cnpg.io/cluster': name };
    this.poolerPods = spec.pooler && { 'cnpg.io/poolerName': pooler };

    new ApiObject(this, 'cluster', {
      apiVersion: API_VERSION,
      kind: 'Cluster',
      metadata: { ...metadata, ...(props.keep ? { annotations: KEEP } : {}) },
      spec: {
        instances: spec.instances,
        imageName: spec.image,
        storage: { size: spec.storage, storageClass: spec.storageClassName },
        resources: spec.resources,
        postgresql: { parameters: { max_connections: `${derived.postgresMaxConnections}` } },
        bootstrap: {
          initdb: { database: LOGIN.database, owner: LOGIN.user, secret: { name: props.password.name } },
        },
        // Of the pooler's Service there is no word in the certificate otherwise, and clients check the name.
        ...(spec.pooler && { certificates: { serverAltDNSNames: [pooler] } }),
        ...(spec.backup && {
          backup: {
            retentionPolicy: `${spec.backup.keepDays}d`,
            barmanObjectStore: objectStore(spec.backup.s3, props.prefix),
          },
        }),
      },
    });
    if (spec.pooler !== undefined && derived.postgresPooler !== undefined) {
      new ApiObject(this, 'pooler', {
        apiVersion: API_VERSION,
        kind: 'Pooler',
        metadata: { ...metadata, name: pooler },
        spec: {
          cluster: { name },
          instances: spec.pooler.instances,
          type: 'rw',
          pgbouncer: {
            poolMode: 'transaction',
            parameters: {
              max_client_conn: `${derived.postgresPooler.clients}`,
              default_pool_size: `${derived.postgresPooler.connections}`,
            },
          },
        },
      });
    }
    if (spec.backup !== undefined) {
      new ApiObject(this, 'scheduled-backup', {
        apiVersion: API_VERSION,
        kind: 'ScheduledBackup',
        metadata,
        // CloudNativePG counts seconds too.
        spec: { schedule: `0 ${spec.backup.schedule}`, backupOwnerReference: 'cluster', cluster: { name } },
      });
    }
    if (props.monitor !== undefined) {
      new ApiObject(this, 'monitor', {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        metadata: { ...metadata, labels: { ...props.monitor.labels, ...metadata.labels } },
        spec: {
          selector: { matchLabels: this.pods },
          podMetricsEndpoints: [{ port: 'metrics' }],
        },
      });
    }
  }
}

function objectStore(s3: S3, prefix: string) {
  const { bucket, credentials } = s3;
  return {
    destinationPath: `s3://${bucket}/${s3.prefix ?? prefix}`,
    endpointURL: endpointOf(s3),
    s3Credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
    data: { compression: 'gzip' },
    wal: { compression: 'gzip' },
  };
}
