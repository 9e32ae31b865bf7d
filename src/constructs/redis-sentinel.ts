import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import {
  parseSection,
  REDIS_PORT,
  SENTINEL_PORT,
  SENTINEL_RESOURCES,
  type SecretKey,
  type SentinelRedis,
  type SentinelSizing,
  STORE_PROBES,
} from '../spec/index.ts';
import { CONFIG_HASH, contentHash } from './content-hash.ts';
import { replicaClaims } from './data-claim.ts';
import { labels, selectorLabels } from './labels.ts';
import { placement } from './placement.ts';
import { containerSecurity, podDefaults, podSecurity } from './pod-security.ts';
import { USER_ID } from './redis.ts';
import { redisCertificate } from './redis-certificate.ts';
import { DATA, PRIMARY, replicatedConfig, sentinelConfig } from './redis-config.ts';
import type { RedisConnection } from './redis-connection.ts';
import { alive, answers } from './redis-probes.ts';
import { redisScripts } from './redis-scripts.ts';
import { resourceRequirements } from './resources.ts';
import { secretFile } from './secret-file.ts';
import { validateProps } from './validation.ts';

export interface RedisSentinelProps {
  /** Name of the environment; pods are called `<instance>-redis-node-<n>`. */
  readonly instance: string;
  readonly spec: SentinelRedis;
  readonly sizing: SentinelSizing;
  /** Secret with the password, which Redis and Sentinels have in common. */
  readonly password: SecretKey;
  /** Bytes of data after which writes are refused. */
  readonly maxMemoryBytes: number;
  /** True when the volumes outlive the environment. */
  readonly keepVolume: boolean;
}

/**
 * Several Redis, of which one is the primary, and a Sentinel beside each: StatefulSet, headless Service, ConfigMap,
 * PersistentVolumeClaims, PodDisruptionBudget, and a Certificate where an issuer is named.
 */
export class RedisSentinel extends Construct {
  /** How clients in the namespace reach it. */
  readonly connection: RedisConnection;

  constructor(scope: Construct, id: string, props: RedisSentinelProps) {
    super(scope, id);
    validateProps(
      this,
      () => parseSection('name', props.instance),
      () => parseSection('redis', { sentinel: props.spec }),
    );
    const { instance, spec, sizing } = props;
    const name = `${instance}-redis-node`;
    const selector = selectorLabels(instance, 'redis');
    const metadata = { name, labels: labels(instance, 'redis') };
    const hosts = Array.from({ length: spec.replicas }, (_, index) => `${name}-${index}.${name}`);
    const password = secretFile('password', props.password, '/etc/tidegate/secrets', 'password');
    const certificate =
      spec.tls && redisCertificate(this, { instance, spec: spec.tls, names: [...hosts, 'localhost'] });
    const tls = certificate !== undefined;
    this.connection = {
      settings: {
        sentinels: hosts.map((host) => `${host}:${SENTINEL_PORT}`),
        sentinelName: PRIMARY,
        tls,
      },
      tlsCa: certificate?.authorities,
      sentinelPassword: props.password,
    };

    const files = {
      'redis.conf': replicatedConfig(props.maxMemoryBytes, tls, sizing),
      'sentinel.conf': sentinelConfig(tls),
      ...redisScripts({ hosts, domain: name, passwordFile: password.path, tls, sizing }),
    };
    new k8s.KubeConfigMap(this, 'config', { metadata, data: files });
    const claim = replicaClaims(this, {
      instance,
      component: 'redis',
      spec,
      keep: props.keepVolume,
      statefulSet: name,
      replicas: spec.replicas,
    });
    new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        clusterIp: 'None',
        selector,
        // They find each other before any of them is ready.
        publishNotReadyAddresses: true,
        ports: [port('redis', REDIS_PORT), port('sentinel', SENTINEL_PORT)],
      },
    });
    new k8s.KubePodDisruptionBudget(this, 'budget', {
      metadata,
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: selector } },
    });

    const container = {
      image: spec.image,
      env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      securityContext: containerSecurity,
      volumeMounts: [
        { name: 'config', mountPath: '/etc/redis', readOnly: true },
        { name: 'data', mountPath: DATA },
        { name: 'run', mountPath: '/run/redis' },
        password.mount,
        ...(certificate === undefined ? [] : [certificate.mount]),
      ],
    };
    const sentinelAnswers = { exec: answers(password.path, tls, SENTINEL_PORT) };
    new k8s.KubeStatefulSet(this, 'statefulset', {
      metadata,
      spec: {
        serviceName: name,
        replicas: spec.replicas,
        // The first pod is ready when most Sentinels are there.
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selector },
        volumeClaimTemplates: [claim],
        template: {
          metadata: { labels: metadata.labels, annotations: { [CONFIG_HASH]: contentHash(files) } },
          spec: {
            ...podDefaults,
            securityContext: podSecurity(USER_ID),
            terminationGracePeriodSeconds: sizing.terminationGraceSeconds,
            ...placement(spec.scheduling ?? {}, selector, 'controller-revision-hash'),
            initContainers: [
              {
                ...container,
                name: 'sentinel',
                // It ends after Redis, which hands over with its help.
                restartPolicy: 'Always',
                command: ['sh', '/etc/redis/start-sentinel.sh'],
                ports: [{ name: 'sentinel', containerPort: SENTINEL_PORT }],
                startupProbe: {
                  ...sentinelAnswers,
                  periodSeconds: 1,
                  timeoutSeconds: 3,
                  failureThreshold: 60,
                },
                readinessProbe: { ...sentinelAnswers, ...STORE_PROBES.readiness },
                livenessProbe: { ...sentinelAnswers, ...STORE_PROBES.liveness },
                resources: resourceRequirements(SENTINEL_RESOURCES),
              },
            ],
            containers: [
              {
                ...container,
                name: 'redis',
                command: ['sh', '/etc/redis/start-redis.sh'],
                ports: [{ name: 'redis', containerPort: REDIS_PORT }],
                // It waits for most Sentinels, and reads its log before it answers.
                startupProbe: {
                  exec: answers(password.path, tls),
                  ...STORE_PROBES.startup,
                },
                readinessProbe: {
                  exec: { command: ['sh', '/etc/redis/ready.sh'] },
                  periodSeconds: 5,
                  timeoutSeconds: 5,
                },
                livenessProbe: { exec: alive(password.path, tls), ...STORE_PROBES.liveness },
                lifecycle: { preStop: { exec: { command: ['sh', '/etc/redis/hand-over.sh'] } } },
                resources: resourceRequirements(spec.resources),
              },
            ],
            volumes: [
              { name: 'config', configMap: { name, defaultMode: 0o555 } },
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

function port(name: string, number: number): k8s.ServicePort {
  return { name, port: number, targetPort: k8s.IntOrString.fromString(name) };
}
