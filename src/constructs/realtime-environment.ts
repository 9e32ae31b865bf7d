import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import {
  derive,
  type Environment,
  parse,
  REDIS_PORT,
  SENTINEL_PORT,
  type SecretRequirement,
  secretRequirements,
  TidegateError,
} from '../spec/index.ts';
import { DatabaseJobs } from './database-jobs.ts';
import { type Destination, destinationOf } from './egress.ts';
import type { SecureConnection } from './endpoint.ts';
import type { Extension } from './extension.ts';
import { ExternalSecret } from './external-secret.ts';
import { componentOf } from './generated-secret.ts';
import type { StoreBoundary } from './network-boundary.ts';
import { type EnvironmentConstruct, PARTS } from './parts.ts';
import { changesOf } from './password-files.ts';
import { PostgresClusterBoundary } from './postgres-cluster-boundary.ts';
import { externalConnection, externalDestinations } from './redis-connection.ts';
import { SERVER_PORT, type Stores } from './server-settings.ts';
import { orderForArgoCd } from './sync-waves.ts';
import { validateProps } from './validation.ts';

/**
 * A whole environment, composed of parts that also stand alone.
 *
 * It references Secrets and creates none: their author is the front door, or External Secrets by an ExternalSecret. Put it into
 * a Chart whose namespace is the environment's and whose `disableResourceNameHashes` is true.
 */
export class RealtimeEnvironment extends Construct implements EnvironmentConstruct {
  readonly metadata: EnvironmentConstruct['metadata'];
  readonly spec: EnvironmentConstruct['spec'];
  readonly redis: EnvironmentConstruct['redis'];
  readonly redisSentinel: EnvironmentConstruct['redisSentinel'];
  readonly postgres: EnvironmentConstruct['postgres'];
  readonly postgresCluster: EnvironmentConstruct['postgresCluster'];
  readonly server: EnvironmentConstruct['server'];
  readonly autoscaling: EnvironmentConstruct['autoscaling'];
  readonly workers: EnvironmentConstruct['workers'];
  readonly disruptionBudget: EnvironmentConstruct['disruptionBudget'];
  readonly network: EnvironmentConstruct['network'];
  readonly route: EnvironmentConstruct['route'];
  readonly observability: EnvironmentConstruct['observability'];

  /**
   * @param environment what `parse` returned; synth refuses what breaks the schema or a rule
   * @param extension what a company adds or replaces; nothing by default
   */
  constructor(scope: Construct, id: string, environment: Environment, extension: Extension = {}) {
    super(scope, id);
    this.metadata = environment.metadata;
    this.spec = environment.spec;
    validateProps(
      this,
      () => parse(environment, extension.rules),
      () => this.ensurePlace(),
    );
    const parts = { ...PARTS, ...extension.parts };
    const { spec } = environment;
    const instance = environment.metadata.name;
    const derived = derive(spec);
    const secrets = secretRequirements(environment);
    const passwordOf = (role: 'redis' | 'postgres'): SecretRequirement => {
      const found = secrets.find((secret) => secret.role === role);
      if (found === undefined) throw new Error(`No credential for ${role} of ${instance}`);
      return found;
    };

    for (const { role, externalSecret: source, ...secret } of secrets) {
      if (source === undefined) continue;
      new ExternalSecret(this, `secret-${role}`, { instance, component: componentOf(role), secret, source });
    }
    if (spec.redis.standalone !== undefined && derived.redisMaxMemoryBytes !== undefined) {
      this.redis = new parts.redis(this, 'redis', {
        instance,
        spec: spec.redis.standalone,
        password: passwordOf('redis'),
        passwordChanges: changesOf(passwordOf('redis')),
        maxMemoryBytes: derived.redisMaxMemoryBytes,
        keepVolume: spec.retention === 'Retain',
      });
    }
    if (
      spec.redis.sentinel !== undefined &&
      derived.redisSentinel !== undefined &&
      derived.redisMaxMemoryBytes !== undefined
    ) {
      this.redisSentinel = new parts.redisSentinel(this, 'redis', {
        instance,
        spec: spec.redis.sentinel,
        sizing: derived.redisSentinel,
        password: passwordOf('redis'),
        maxMemoryBytes: derived.redisMaxMemoryBytes,
        keepVolume: spec.retention === 'Retain',
      });
    }
    if (spec.postgres.standalone !== undefined) {
      this.postgres = new parts.postgres(this, 'postgres', {
        instance,
        spec: spec.postgres.standalone,
        password: passwordOf('postgres'),
        passwordChanges: changesOf(passwordOf('postgres')),
        maxConnections: derived.postgresMaxConnections,
        keepVolume: spec.retention === 'Retain',
      });
    }
    if (spec.postgres.cloudNativePG !== undefined) {
      this.postgresCluster = new parts.postgresCluster(this, 'postgres', {
        instance,
        spec: spec.postgres.cloudNativePG,
        derived,
        password: passwordOf('postgres'),
        prefix: `${environment.metadata.namespace}/${instance}`,
        keep: spec.retention === 'Retain',
        monitor: spec.observability?.monitor,
      });
    }
    const stores = this.stores(environment);
    const jobs = new DatabaseJobs(this, 'database-jobs', {
      environment,
      stores:
        this.postgresCluster === undefined ? stores : { postgres: secured(this.postgresCluster.primary) },
      pods: this.databasePods(),
      secrets,
    });
    this.server = new parts.server(this, 'server', { instance, spec, derived, stores, secrets });
    this.autoscaling = new parts.autoscaling(this, 'autoscaling', {
      instance,
      spec: spec.autoscaling,
      deploymentName: this.server.deploymentName,
    });
    if (spec.tasks !== undefined) {
      this.workers = new parts.workers(this, 'workers', {
        instance,
        tasks: spec.tasks,
        spec,
        derived,
        stores,
        secrets,
      });
    }
    this.disruptionBudget = new parts.disruptionBudget(this, 'disruption-budget', { instance });
    this.network = new parts.network(this, 'network', {
      instance,
      serverPort: SERVER_PORT,
      workers: spec.tasks !== undefined,
      stores: this.ownStores(),
      destinations: destinations(environment),
      jobs: jobs.boundaries,
    });
    if (this.postgresCluster !== undefined) {
      new PostgresClusterBoundary(this, 'postgres-network', {
        instance,
        cluster: this.postgresCluster,
        clients: spec.tasks === undefined ? ['server'] : ['server', 'worker'],
        sessions: spec.migrations === undefined ? [] : ['migration'],
      });
    }
    this.route = new parts.route(this, 'route', { instance, spec, derived, service: this.server.service });
    this.observability = new parts.observability(this, 'observability', {
      instance,
      namespace: environment.metadata.namespace,
      spec,
      derived,
    });
    if (spec.migrations !== undefined) orderForArgoCd(this);
    extension.extend?.(this, new Construct(this, 'extension'));
    for (const aspect of extension.aspects ?? []) {
      for (const construct of this.node.findAll()) aspect.visit(construct);
    }
  }

  /** Refuses a second environment of the same name, and a chart of another namespace. */
  private ensurePlace(): void {
    const { name, namespace } = this.metadata;
    const path = `${namespace}/${name}`;
    const chart = Chart.of(this).namespace;
    if (chart !== undefined && chart !== namespace) {
      throw TidegateError.of('TG1426', path, `The namespace of its chart is ${chart}`);
    }
    const twin = this.node.root.node.findAll().find((other) => other !== this && isOf(other, path));
    if (twin !== undefined) throw TidegateError.of('TG1007', path, `${twin.node.path} is of that name too`);
  }

  private stores({ spec }: Environment): Stores {
    const redis = this.broker(spec.redis);
    return { ...(redis === undefined ? {} : { redis }), postgres: this.database(spec.postgres) };
  }

  private broker({ external }: Environment['spec']['redis']): Stores['redis'] {
    if (this.redisSentinel !== undefined) return this.redisSentinel.connection;
    if (this.redis !== undefined) {
      const { endpoint, tlsCa } = this.redis;
      return { settings: { ...endpoint, tls: tlsCa !== undefined }, tlsCa };
    }
    return external && externalConnection(external);
  }

  private database({ external }: Environment['spec']['postgres']): Stores['postgres'] {
    if (this.postgresCluster !== undefined) return secured(this.postgresCluster.connection);
    if (this.postgres !== undefined) return { ...this.postgres.connection, tls: false };
    if (external === undefined)
      throw new Error('An environment has a Postgres of its own or an external one');
    const { host, port, database, user, tls } = external;
    return { host, port, database, user, tls };
  }

  /** Pods of the database itself; undefined when it is external. */
  private databasePods(): StoreBoundary | undefined {
    const { postgres, postgresCluster: cluster } = this;
    if (cluster !== undefined)
      return { component: 'postgres', port: cluster.primary.port, pods: cluster.pods };
    return postgres && { component: 'postgres', port: postgres.connection.port };
  }

  private ownStores(): readonly StoreBoundary[] {
    const { redis, redisSentinel, postgresCluster: cluster } = this;
    const database = this.databasePods();
    return [
      ...(redis === undefined ? [] : [{ component: 'redis' as const, port: redis.endpoint.port }]),
      ...(redisSentinel === undefined
        ? []
        : [{ component: 'redis' as const, port: REDIS_PORT, sentinelPort: SENTINEL_PORT }]),
      ...(database === undefined ? [] : [{ ...database, pods: cluster?.poolerPods ?? database.pods }]),
    ];
  }
}

function secured(connection: SecureConnection): Stores['postgres'] {
  return { ...connection, tls: true };
}

/** Whether a construct is an environment of that namespace and name. */
function isOf(construct: IConstruct, path: string): boolean {
  if (!(construct instanceof RealtimeEnvironment)) return false;
  const { name, namespace } = construct.metadata;
  return `${namespace}/${name}` === path;
}

function destinations({ spec }: Environment): readonly Destination[] {
  const { jwksUrl } = spec.server.settings.auth;
  const issuer = jwksUrl === undefined ? undefined : destinationOf(jwksUrl);
  const redis = spec.redis.external === undefined ? [] : externalDestinations(spec.redis.external);
  return [...redis, spec.postgres.external, issuer].filter((one) => one !== undefined);
}
