import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import {
  type OwnRedis,
  parseSection,
  REDIS_GRACE_SECONDS,
  REDIS_PORT,
  type SecretKey,
  STORE_PROBES,
} from '../spec/index.ts';
import { CONFIG_HASH, contentHash } from './content-hash.ts';
import { dataClaim } from './data-claim.ts';
import type { Endpoint } from './endpoint.ts';
import { labels, selectorLabels } from './labels.ts';
import { type Changes, passwordFiles } from './password-files.ts';
import { containerSecurity, podDefaults, podSecurity } from './pod-security.ts';
import { redisCertificate } from './redis-certificate.ts';
import { DATA, redisConfig } from './redis-config.ts';
import { beginWithPasswords, followPasswords } from './redis-passwords.ts';
import { alive, answers, cliOptions, localCli } from './redis-probes.ts';
import { rereadCertificate, watchCertificate } from './redis-scripts.ts';
import { resourceRequirements } from './resources.ts';
import { validateProps } from './validation.ts';

export interface RedisProps {
  /** Name of the environment; the objects are called `<instance>-redis`. */
  readonly instance: string;
  readonly spec: OwnRedis;
  /** Secret with the password. */
  readonly password: SecretKey;
  /** What of the password changes while Redis runs; nothing by default. */
  readonly passwordChanges?: Changes | undefined;
  /** Bytes of data after which writes are refused. */
  readonly maxMemoryBytes: number;
  /** True when the volume outlives the environment. */
  readonly keepVolume: boolean;
}

/** User of the public image. */
export const USER_ID = 999;
const AUTH_FILE = '/run/redis/auth.conf';

/**
 * One Redis with a password and a volume: StatefulSet, Service, ConfigMap, PersistentVolumeClaim, and a Certificate where an
 * issuer is named. It has no PodDisruptionBudget: one for a single pod would keep nodes from being drained for ever.
 */
export class Redis extends Construct {
  /** Where clients in the namespace reach it. */
  readonly endpoint: Endpoint;
  /** Authorities that its certificate is checked with; undefined without TLS. */
  readonly tlsCa?: SecretKey | undefined;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    validateProps(
      this,
      () => parseSection('name', props.instance),
      () => parseSection('redis', { standalone: props.spec }),
    );
    const name = `${props.instance}-redis`;
    const selector = selectorLabels(props.instance, 'redis');
    const metadata = { name, labels: labels(props.instance, 'redis') };
    const { passwordChanges = 'never' } = props;
    const files = passwordFiles(props.password, passwordChanges, '/etc/tidegate/secrets');
    const { password } = files;
    const certificate =
      props.spec.tls &&
      redisCertificate(this, { instance: props.instance, spec: props.spec.tls, names: [name, 'localhost'] });
    const tls = certificate !== undefined;
    const answering = { exec: answers(password.path, tls) };
    const text = `${redisConfig(props.maxMemoryBytes, tls)}include ${AUTH_FILE}\n`;
    this.endpoint = { host: name, port: REDIS_PORT };
    this.tlsCa = certificate?.authorities;

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
        ports: [{ name: 'redis', port: REDIS_PORT, targetPort: k8s.IntOrString.fromString('redis') }],
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
            terminationGracePeriodSeconds: REDIS_GRACE_SECONDS,
            containers: [
              {
                name: 'redis',
                image: props.spec.image,
                // The password goes into a file in memory: arguments and variables show in `ps` and in the spec.
                command: ['sh', '-c'],
                args: [
                  (passwordChanges === 'never'
                    ? `umask 077 && printf 'requirepass "%s"\\n' "$(cat ${password.path})" > ${AUTH_FILE} && `
                    : `${beginWithPasswords(files, AUTH_FILE)}{ ${followPasswords(files, `redis-cli${cliOptions(tls)}`)}\n} &\n`) +
                    (tls
                      ? `{ { ${watchCertificate(rereadCertificate(localCli(password.path, true)))}; } & ${START}; }`
                      : START),
                ],
                ports: [{ name: 'redis', containerPort: REDIS_PORT }],
                // It reads its log before it answers.
                startupProbe: { ...answering, ...STORE_PROBES.startup },
                readinessProbe: { ...answering, ...STORE_PROBES.readiness },
                livenessProbe: { exec: alive(password.path, tls), ...STORE_PROBES.liveness },
                resources: resourceRequirements(props.spec.resources),
                securityContext: containerSecurity,
                volumeMounts: [
                  { name: 'config', mountPath: '/etc/redis', readOnly: true },
                  { name: 'data', mountPath: DATA },
                  { name: 'run', mountPath: '/run/redis' },
                  password.mount,
                  ...(certificate === undefined ? [] : [certificate.mount]),
                ],
              },
            ],
            volumes: [
              { name: 'config', configMap: { name } },
              data,
              { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('8Mi') } },
              password.volume,
              ...(certificate === undefined ? [] : [certificate.volume]),
            ],
          },
        },
      },
    });
  }
}

const START = 'exec redis-server /etc/redis/redis.conf';
