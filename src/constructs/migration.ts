import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { imageOf, type Migrations, type SecretRequirement, type Server, variableOf } from '../spec/index.ts';
import { contentHash } from './content-hash.ts';
import { COMPONENT, labels } from './labels.ts';
import type { Manifest } from './manifest.ts';
import { containerSecurity, podDefaults, podSecurity } from './pod-security.ts';
import { pullSecrets } from './pull-secrets.ts';
import { resourceRequirements } from './resources.ts';
import { SERVER_USER_ID } from './server-pod.ts';
import { serverSecrets } from './server-secrets.ts';
import type { Stores } from './server-settings.ts';
import { storeAuthorities } from './store-authorities.ts';

export interface MigrationProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: Migrations;
  readonly server: Pick<Server, 'image' | 'imagePullSecrets'>;
  /** The database itself, not a pooler: a lock is held for as long as the program runs. */
  readonly stores: Stores;
  readonly secrets: readonly SecretRequirement[];
}

/** Whether an object is the Job of the migrations: an extension may have Jobs of its own, for which nobody waits. */
export function isMigration({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): boolean {
  return kind === 'Job' && metadata.labels?.[COMPONENT] === 'migration';
}

/**
 * A Job that runs an application's migrations. Its name changes with its content, since Jobs cannot be changed, and so do
 * the pods of a new version know which one to wait for. Whether there is anything to do, the database knows.
 */
export class Migration extends Construct {
  /** Name of the Job. */
  readonly jobName: string;

  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    const { instance, spec: migrations, server } = props;
    const image = migrations.image ?? imageOf(server);
    const { host, port, database, user, tls } = props.stores.postgres;
    const variable = (setting: string, value: string) => ({ name: variableOf(['postgres', setting]), value });
    const files = [
      ...serverSecrets(props.secrets.filter(({ role }) => role === 'postgres')),
      ...storeAuthorities(props.stores),
    ];
    const spec: k8s.JobSpec = {
      backoffLimit: 3,
      activeDeadlineSeconds: migrations.deadlineSeconds,
      template: {
        metadata: { labels: labels(instance, 'migration') },
        spec: {
          ...podDefaults,
          restartPolicy: 'Never',
          securityContext: podSecurity(SERVER_USER_ID),
          ...pullSecrets(server.imagePullSecrets),
          containers: [
            {
              name: 'migration',
              image,
              args: [
                'migrate',
                '--id',
                contentHash({ image, command: migrations.command }),
                '--',
                ...migrations.command,
              ],
              env: [
                variable('host', host),
                variable('port', `${port}`),
                variable('database', database),
                variable('user', user),
                variable('tls', `${tls}`),
                ...files.flatMap(({ variables }) => variables),
              ],
              resources: resourceRequirements(migrations.resources),
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...files.map(({ mount }) => mount)],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }, ...files.map(({ volume }) => volume)],
        },
      },
    };
    this.jobName = `${instance}-migration-${contentHash(spec).slice(0, 8)}`;
    new k8s.KubeJob(this, 'job', {
      metadata: { name: this.jobName, labels: labels(instance, 'migration') },
      spec,
    });
  }
}
