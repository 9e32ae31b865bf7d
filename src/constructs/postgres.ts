import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import {
  majorOf,
  type Postgres as PostgresSpec,
  parseSection,
  type SecretKey,
  STORE_PROBES,
} from '../spec/index.ts';
import { dataClaim } from './data-claim.ts';
import type { DatabaseConnection } from './endpoint.ts';
import { labels, selectorLabels } from './labels.ts';
import { type Changes, passwordFiles } from './password-files.ts';
import { containerSecurity, podDefaults, podSecurity } from './pod-security.ts';
import { loginsContainer } from './postgres-logins.ts';
import { POSTGRES_MAJOR } from './postgres-major.ts';
import { resourceRequirements } from './resources.ts';
import { validateProps } from './validation.ts';

export interface PostgresProps {
  /** Name of the environment; the objects are called `<instance>-postgres`. */
  readonly instance: string;
  readonly spec: NonNullable<PostgresSpec['standalone']>;
  /** Secret with the password. */
  readonly password: SecretKey;
  /** What of the password changes while Postgres runs; nothing by default. */
  readonly passwordChanges?: Changes | undefined;
  /** Most connections the database grants. */
  readonly maxConnections: number;
  /** True when the volume outlives the environment. */
  readonly keepVolume: boolean;
}

export const POSTGRES_PORT = 5432;
/** User of the public image. */
const USER_ID = 999;
const DATA = '/var/lib/postgresql/data';
/** Database of every environment's own Postgres, and who logs in to it. */
export const LOGIN = { database: 'tidegate', user: 'tidegate' };

/** One Postgres with a volume: StatefulSet, Service, PersistentVolumeClaim. */
export class Postgres extends Construct {
  /** Where clients in the namespace reach it, and as whom. */
  readonly connection: DatabaseConnection;

  constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id);
    validateProps(
      this,
      () => parseSection('name', props.instance),
      () => parseSection('postgres', { standalone: props.spec }),
    );
    const name = `${props.instance}-postgres`;
    const selector = selectorLabels(props.instance, 'postgres');
    const metadata = { name, labels: labels(props.instance, 'postgres') };
    const { passwordChanges = 'never' } = props;
    const files = passwordFiles(props.password, passwordChanges, '/etc/tidegate/secrets');
    const { password } = files;
    const socket = { name: 'run', mountPath: '/var/run/postgresql' };
    const isReady = {
      exec: { command: ['pg_isready', '-h', '127.0.0.1', '-U', LOGIN.user, '-d', LOGIN.database] },
    };
    this.connection = { host: name, port: POSTGRES_PORT, ...LOGIN };

    const shared = sharedMemory(props.spec.sharedMemory);
    const major = majorOf(props.spec);
    const data = dataClaim(this, {
      instance: props.instance,
      component: 'postgres',
      spec: props.spec,
      keep: props.keepVolume,
      ...(major === undefined ? {} : { annotations: { [POSTGRES_MAJOR]: `${major}` } }),
    });
    new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        selector,
        ports: [
          { name: 'postgres', port: POSTGRES_PORT, targetPort: k8s.IntOrString.fromString('postgres') },
        ],
      },
    });
    new k8s.KubeStatefulSet(this, 'statefulset', {
      metadata,
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: metadata.labels },
          spec: {
            ...podDefaults,
            securityContext: podSecurity(USER_ID),
            // A fast shutdown ends sessions and writes a checkpoint; a large one takes its time.
            terminationGracePeriodSeconds: 120,
            ...(passwordChanges !== 'never' && {
              initContainers: [loginsContainer(props.spec.image, files, LOGIN.database, socket)],
            }),
            containers: [
              {
                name: 'postgres',
                image: props.spec.image,
                args: ['postgres', '-c', `max_connections=${props.maxConnections}`],
                env: [
                  { name: 'POSTGRES_DB', value: LOGIN.database },
                  { name: 'POSTGRES_USER', value: LOGIN.user },
                  { name: 'POSTGRES_PASSWORD_FILE', value: password.path },
                  // A directory below the mount: initdb refuses one that holds lost+found.
                  { name: 'PGDATA', value: `${DATA}/pgdata` },
                ],
                lifecycle: {
                  postStart: { exec: { command: ['sh', '-c', setPassword(password.path)] } },
                },
                ports: [{ name: 'postgres', containerPort: POSTGRES_PORT }],
                startupProbe: { ...isReady, ...STORE_PROBES.startup },
                readinessProbe: { ...isReady, ...STORE_PROBES.readiness },
                livenessProbe: { ...isReady, ...STORE_PROBES.liveness, failureThreshold: 6 },
                resources: resourceRequirements(props.spec.resources),
                securityContext: containerSecurity,
                volumeMounts: [
                  { name: 'data', mountPath: DATA },
                  socket,
                  { name: 'tmp', mountPath: '/tmp' },
                  ...shared.map(({ name }) => ({ name, mountPath: '/dev/shm' })),
                  password.mount,
                ],
              },
            ],
            volumes: [
              data,
              { name: 'run', emptyDir: {} },
              { name: 'tmp', emptyDir: {} },
              ...shared,
              password.volume,
            ],
          },
        },
      },
    });
  }
}

/**
 * A container has 64 MiB of shared memory otherwise, which parallel queries run out of. It counts towards the memory limit.
 *
 * @see https://github.com/docker-library/docs/blob/master/postgres/README.md#caveats
 */
function sharedMemory(size: string | undefined): readonly k8s.Volume[] {
  if (size === undefined) return [];
  const sizeLimit = k8s.Quantity.fromString(size);
  return [{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit } }];
}

/**
 * The image sets the password only when it creates the database, but a kept volume may be older than the Secret. So each
 * start sets it again over the local socket, which the image trusts. The loop outlasts the image's own initialisation,
 * during which the server goes down once. The password is in no argument, and in no log should the statement fail.
 */
function setPassword(file: string): string {
  const quiet = 'PGOPTIONS="-c log_statement=none -c log_min_error_statement=panic"';
  const psql = `${quiet} psql -qX -v ON_ERROR_STOP=1 -U ${LOGIN.user} -d ${LOGIN.database}`;
  const script = `'\\set password \`cat ${file}\`' "ALTER ROLE ${LOGIN.user} PASSWORD :'password';"`;
  return `until printf '%s\\n' ${script} | ${psql}; do sleep 1; done`;
}
