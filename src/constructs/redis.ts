import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import type { Redis as RedisSpec, SecretKey } from '../spec/index.ts';
import { CONFIG_HASH, contentHash } from './content-hash.ts';
import { dataClaim } from './data-claim.ts';
import type { Endpoint } from './endpoint.ts';
import { labels, selectorLabels } from './labels.ts';
import { containerSecurity, podDefaults, podSecurity } from './pod-security.ts';
import { resourceRequirements } from './resources.ts';
import { secretFile } from './secret-file.ts';

export interface RedisProps {
  /** Name of the environment; the objects are called `<instance>-redis`. */
  readonly instance: string;
  readonly spec: NonNullable<RedisSpec['standalone']>;
  /** Secret with the password. */
  readonly password: SecretKey;
  /** Bytes of data after which writes are refused. */
  readonly maxMemoryBytes: number;
  /** True when the volume outlives the environment. */
  readonly keepVolume: boolean;
}

const PORT = 6379;
/** User of the public image. */
const USER_ID = 999;
const AUTH_FILE = '/run/redis/auth.conf';

const DATA = '/data';

/**
 * A stop loses nothing, a crash at most the last two seconds: Redis puts a write off for so long while the disk is still busy
 * with the one before. Full, it refuses writes: one that evicts would throw queued tasks away.
 *
 * @see https://docs.bullmq.io/guide/going-to-production#max-memory-policy
 */
const config = (maxMemoryBytes: number) => `port ${PORT}
bind * -::*
dir ${DATA}
save ""
appendonly yes
appendfsync everysec
maxmemory ${maxMemoryBytes}
maxmemory-policy noeviction
include ${AUTH_FILE}
`;

/** One Redis with a password and a volume: StatefulSet, Service, ConfigMap, PersistentVolumeClaim. */
export class Redis extends Construct {
  /** Where clients in the namespace reach it. */
  readonly endpoint: Endpoint;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const name = `${props.instance}-redis`;
    const selector = selectorLabels(props.instance, 'redis');
    const metadata = { name, labels: labels(props.instance, 'redis') };
    const password = secretFile('password', props.password, '/etc/tidegate/secrets', 'password');
    const ping = {
      exec: {
        command: ['sh', '-c', `REDISCLI_AUTH="$(cat ${password.path})" redis-cli ping | grep -q PONG`],
      },
    };
    const text = config(props.maxMemoryBytes);
    this.endpoint = { host: name, port: PORT };

    new k8s.KubeConfigMap(this, 'config', { metadata, data: { 'redis.conf': text } });
    const data = dataClaim(this, {
      instance: props.instance,
      component: 'redis',
      spec: props.spec,
      keep: props.keepVolume,
    });
    new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        selector,
        ports: [{ name: 'redis', port: PORT, targetPort: k8s.IntOrString.fromString('redis') }],
      },
    });
    new k8s.KubeStatefulSet(this, 'statefulset', {
      metadata,
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: metadata.labels, annotations: { [CONFIG_HASH]: contentHash(text) } },
          spec: {
            ...podDefaults,
            securityContext: podSecurity(USER_ID),
            containers: [
              {
                name: 'redis',
                image: props.spec.image,
                // The password goes into a file in memory: arguments and variables show in `ps` and in the spec.
                command: ['sh', '-c'],
                args: [
                  `umask 077 && printf 'requirepass "%s"\\n' "$(cat ${password.path})" > ${AUTH_FILE} && ` +
                    'exec redis-server /etc/redis/redis.conf',
                ],
                ports: [{ name: 'redis', containerPort: PORT }],
                // It reads its log before it answers.
                startupProbe: { ...ping, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 150 },
                readinessProbe: { ...ping, periodSeconds: 5, timeoutSeconds: 3 },
                livenessProbe: { ...ping, periodSeconds: 10, timeoutSeconds: 5 },
                resources: resourceRequirements(props.spec.resources),
                securityContext: containerSecurity,
                volumeMounts: [
                  { name: 'config', mountPath: '/etc/redis', readOnly: true },
                  { name: 'data', mountPath: DATA },
                  { name: 'run', mountPath: '/run/redis' },
                  password.mount,
                ],
              },
            ],
            volumes: [
              { name: 'config', configMap: { name } },
              data,
              { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('8Mi') } },
              password.volume,
            ],
          },
        },
      },
    });
  }
}
