import { Construct } from 'constructs';
import { derive, type Environment, type SecretKey, secretRequirements } from '../spec/index.ts';
import { Autoscaling } from './autoscaling.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { type Destination, destinationOf } from './egress.ts';
import { NetworkBoundary, type StoreBoundary } from './network-boundary.ts';
import { Observability } from './observability.ts';
import { Postgres } from './postgres.ts';
import { RealtimeServer } from './realtime-server.ts';
import { Redis } from './redis.ts';
import { Route } from './route.ts';
import { SERVER_PORT, type Stores } from './server-settings.ts';
import { TaskWorkers } from './task-workers.ts';

/**
 * A whole environment, composed of parts that also stand alone.
 *
 * It references Secrets and creates none: their author is the front door. Put it into a Chart whose namespace is the
 * environment's and whose `disableResourceNameHashes` is true.
 */
export class RealtimeEnvironment extends Construct {
  /** The environment's own Redis; undefined when it is external or in-process. */
  readonly redis: Redis | undefined;
  /** The environment's own Postgres; undefined when it is external. */
  readonly postgres: Postgres | undefined;
  readonly server: RealtimeServer;
  readonly autoscaling: Autoscaling;
  /** Workers of tasks; undefined when there are none. */
  readonly workers: TaskWorkers | undefined;
  readonly disruptionBudget: DisruptionBudget;
  readonly network: NetworkBoundary;
  readonly route: Route;
  readonly observability: Observability;

  /** @param environment what `parse` returned */
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { spec } = environment;
    const instance = environment.metadata.name;
    const derived = derive(spec);
    const secrets = secretRequirements(environment);
    const passwordOf = (role: 'redis' | 'postgres'): SecretKey => {
      const found = secrets.find((secret) => secret.role === role);
      if (found === undefined) throw new Error(`No credential for ${role} of ${instance}`);
      return found;
    };

    if (spec.redis.standalone !== undefined && derived.redisMaxMemoryBytes !== undefined) {
      this.redis = new Redis(this, 'redis', {
        instance,
        spec: spec.redis.standalone,
        password: passwordOf('redis'),
        maxMemoryBytes: derived.redisMaxMemoryBytes,
        keepVolume: spec.retention === 'Retain',
      });
    }
    if (spec.postgres.standalone !== undefined) {
      this.postgres = new Postgres(this, 'postgres', {
        instance,
        spec: spec.postgres.standalone,
        password: passwordOf('postgres'),
        maxConnections: derived.postgresMaxConnections,
        keepVolume: spec.retention === 'Retain',
      });
    }
    const stores = this.stores(environment);
    this.server = new RealtimeServer(this, 'server', { instance, spec, derived, stores, secrets });
    this.autoscaling = new Autoscaling(this, 'autoscaling', {
      instance,
      spec: spec.autoscaling,
      deploymentName: this.server.deploymentName,
    });
    if (spec.tasks !== undefined) {
      this.workers = new TaskWorkers(this, 'workers', {
        instance,
        tasks: spec.tasks,
        spec,
        derived,
        stores,
        secrets,
      });
    }
    this.disruptionBudget = new DisruptionBudget(this, 'disruption-budget', { instance });
    this.network = new NetworkBoundary(this, 'network', {
      instance,
      serverPort: SERVER_PORT,
      workers: spec.tasks !== undefined,
      stores: this.ownStores(),
      destinations: destinations(environment),
    });
    this.route = new Route(this, 'route', { instance, spec, derived, service: this.server.service });
    this.observability = new Observability(this, 'observability', {
      instance,
      namespace: environment.metadata.namespace,
      spec,
      derived,
    });
  }

  private stores({ spec }: Environment): Stores {
    const redis = this.redis === undefined ? spec.redis.external : { ...this.redis.endpoint, tls: false };
    const postgres =
      this.postgres === undefined ? spec.postgres.external : { ...this.postgres.connection, tls: false };
    if (postgres === undefined)
      throw new Error('An environment has a Postgres of its own or an external one');
    const { host, port, database, user, tls } = postgres;
    return { ...(redis === undefined ? {} : { redis }), postgres: { host, port, database, user, tls } };
  }

  private ownStores(): readonly StoreBoundary[] {
    const { redis, postgres } = this;
    return [
      ...(redis === undefined ? [] : [{ component: 'redis' as const, port: redis.endpoint.port }]),
      ...(postgres === undefined ? [] : [{ component: 'postgres' as const, port: postgres.connection.port }]),
    ];
  }
}

function destinations({ spec }: Environment): readonly Destination[] {
  const { jwksUrl } = spec.server.settings.auth;
  const issuer = jwksUrl === undefined ? undefined : destinationOf(jwksUrl);
  return [spec.redis.external, spec.postgres.external, issuer].filter((one) => one !== undefined);
}
