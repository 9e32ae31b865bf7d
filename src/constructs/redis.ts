import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import type { Redis as RedisSpec, SecretKey } from '../spec/index.ts';
import { CONFIG_HASH, contentHash } from './content-hash.ts';
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
}

const PORT = 6379;
/** User of the public image. */
const USER_ID = 999;
const AUTH_FILE = '/run/redis/auth.conf';

/** Nothing is written to disk: what passes through Redis here need not outlive it. */
const CONFIG = `port ${PORT}
bind * -::*
dir /run/redis
save ""
appendonly no
include ${AUTH_FILE}
`;

/** One Redis with a password: StatefulSet, Service, ConfigMap. */
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
    this.endpoint = { host: name, port: PORT };

    new k8s.KubeConfigMap(this, 'config', { metadata, data: { 'redis.conf': CONFIG } });
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
          metadata: { labels: metadata.labels, annotations: { [CONFIG_HASH]: contentHash(CONFIG) } },
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
                readinessProbe: { ...ping, periodSeconds: 5, timeoutSeconds: 3 },
                livenessProbe: { ...ping, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5 },
                resources: resourceRequirements(props.spec.resources),
                securityContext: containerSecurity,
                volumeMounts: [
                  { name: 'config', mountPath: '/etc/redis', readOnly: true },
                  { name: 'run', mountPath: '/run/redis' },
                  password.mount,
                ],
              },
            ],
            volumes: [
              { name: 'config', configMap: { name } },
              { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('8Mi') } },
              password.volume,
            ],
          },
        },
      },
    });
  }
}
