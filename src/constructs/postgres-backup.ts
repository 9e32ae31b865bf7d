import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { endpointOf, type Postgres, type Resources, type SecretKey } from '../spec/index.ts';
import type { DatabaseConnection } from './endpoint.ts';
import { labels } from './labels.ts';
import { containerSecurity, podDefaults, podSecurity } from './pod-security.ts';
import { pullSecrets } from './pull-secrets.ts';
import { resourceRequirements } from './resources.ts';
import { secretFile } from './secret-file.ts';
import { SERVER_USER_ID } from './server-pod.ts';

type Standalone = NonNullable<Postgres['standalone']>;

/** What pods that dump and restore need to know. */
export interface DumpProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly connection: DatabaseConnection;
  readonly password: SecretKey;
  /** Whether that is `role:password` instead, since roles take turns. */
  readonly isLogin: boolean;
  /** Postgres image; its programs are of the server's version. */
  readonly postgresImage: string;
  /** Image with `tidegate`. */
  readonly image: string;
  readonly imagePullSecrets?: readonly string[] | undefined;
  readonly spec: NonNullable<Standalone['backup']>;
  /** Path in the bucket, where the spec names none. */
  readonly prefix: string;
  /** Ceiling for the dump on the disk of the node. */
  readonly storage: string;
}

const DIRECTORY = '/backup';
export const DUMP_FILE = `${DIRECTORY}/dump`;
const RESOURCES: Resources = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { memory: '512Mi' },
};

/**
 * What a dump has, its tries included: one that hangs, or whose pod cannot start, would keep all later ones from being taken,
 * and nobody would be told.
 */
const DEADLINE_SECONDS = 6 * 3_600;

/**
 * A CronJob that dumps the database and keeps the dump in an object store. One that is too late or still running is skipped;
 * a failed one is tried twice more.
 */
export class PostgresBackup extends Construct {
  constructor(scope: Construct, id: string, props: DumpProps) {
    super(scope, id);
    const { instance, spec } = props;
    const metadata = { name: `${instance}-postgres-backup`, labels: labels(instance, 'backup') };
    new k8s.KubeCronJob(this, 'cron-job', {
      metadata,
      spec: {
        schedule: spec.schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3_600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: metadata.labels },
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: DEADLINE_SECONDS,
            template: dumpPod(props, {
              first: postgresContainer(
                'dump',
                props,
                `exec pg_dump ${asOwner(props)} --format=custom --file=${DUMP_FILE}`,
              ),
              last: storeContainer('upload', props, ['upload', DUMP_FILE], ['--keep', `${spec.keep}`]),
            }),
          },
        },
      },
    });
  }
}

/** A pod that does one thing after the other with a dump on its disk. */
export function dumpPod(
  { instance, password, imagePullSecrets, storage }: DumpProps,
  { first, last }: { readonly first: k8s.Container; readonly last: k8s.Container },
): k8s.PodTemplateSpec {
  return {
    metadata: { labels: labels(instance, 'backup') },
    spec: {
      ...podDefaults,
      restartPolicy: 'Never',
      // Programs of Postgres run as the user of the server's image just as well.
      securityContext: podSecurity(SERVER_USER_ID),
      ...pullSecrets(imagePullSecrets),
      initContainers: [first],
      containers: [last],
      volumes: [
        { name: 'backup', emptyDir: { sizeLimit: k8s.Quantity.fromString(storage) } },
        { name: 'tmp', emptyDir: {} },
        passwordFile(password).volume,
      ],
    },
  };
}

/** A program of Postgres, logged in to the database. The password is in no argument. */
export function postgresContainer(name: string, props: DumpProps, script: string): k8s.Container {
  const { host, port, user, database } = props.connection;
  const password = passwordFile(props.password);
  const login = `export PGUSER="\${PGPASSWORD%%:*}" PGPASSWORD="\${PGPASSWORD#*:}"; `;
  return {
    ...container(name, props.postgresImage),
    command: [
      'sh',
      '-ec',
      `export PGPASSWORD="$(cat ${password.path})"; ${props.isLogin ? login : ''}${script}`,
    ],
    env: [
      { name: 'PGHOST', value: host },
      { name: 'PGPORT', value: `${port}` },
      { name: 'PGUSER', value: user },
      { name: 'PGDATABASE', value: database },
    ],
    volumeMounts: [...mounts(), password.mount],
  };
}

/** Option by which programs of Postgres act as the owner of the database, whichever role logs in. */
export function asOwner({ connection }: DumpProps): string {
  return `--role=${connection.user}`;
}

/** `tidegate backup`, with the access key of the object store. */
export function storeContainer(
  name: string,
  { image, spec: { s3 }, prefix }: DumpProps,
  command: readonly string[],
  options: readonly string[],
): k8s.Container {
  const key = (variable: string, secretKeyRef: SecretKey) => ({
    name: variable,
    valueFrom: { secretKeyRef },
  });
  return {
    ...container(name, image),
    args: [
      'backup',
      ...command,
      ...['--endpoint', endpointOf(s3), '--bucket', s3.bucket, '--region', s3.region],
      ...['--prefix', s3.prefix ?? prefix],
      ...options,
    ],
    env: [
      key('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId),
      key('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey),
    ],
    volumeMounts: mounts(),
  };
}

function container(name: string, image: string) {
  return { name, image, resources: resourceRequirements(RESOURCES), securityContext: containerSecurity };
}

function mounts(): k8s.VolumeMount[] {
  return [
    { name: 'backup', mountPath: DIRECTORY },
    { name: 'tmp', mountPath: '/tmp' },
  ];
}

function passwordFile(password: SecretKey) {
  return secretFile('password', password, '/etc/tidegate/secrets/postgres', 'password');
}
