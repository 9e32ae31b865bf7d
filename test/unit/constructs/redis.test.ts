import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Manifest, render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';
import { workloads } from './pods.ts';

const secrets = { redis: { existing: { name: 'redis', key: 'password' } } };

function rendered(redis: object, more: object = {}): readonly Manifest[] {
  return render(parse(environment({ redis, ...more })));
}
function named(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`No ${kind} ${name}`);
  return found;
}
/** What the server is told of Redis, and the files that it is told of it by. */
function toldOf(objects: readonly Manifest[]): readonly [unknown, readonly (readonly [string, unknown])[]] {
  const { data } = named(objects, 'ConfigMap', 'chat-server') as unknown as { data: Record<string, string> };
  const server = workloads(objects).find(({ metadata }) => metadata.name === 'chat-server');
  const files = server?.spec.template.spec.containers[0]?.env?.filter(({ name }) => /REDIS/.test(name)) ?? [];
  return [
    parseYaml(data['settings.yaml'] ?? '').redis,
    files.map(({ name, value }) => [name, value] as const),
  ];
}
const egressOf = (objects: readonly Manifest[]) =>
  (named(objects, 'NetworkPolicy', 'chat-server').spec as { egress: readonly unknown[] }).egress;

const PASSWORD = ['TIDEGATE_REDIS_PASSWORD_FILE', '/etc/tidegate/secrets/redis/value'] as const;
const CA = ['TIDEGATE_REDIS_TLS_CA_FILE', '/etc/tidegate/authorities/redis/ca.crt'] as const;
const SENTINEL_PASSWORD = [
  'TIDEGATE_REDIS_SENTINEL_PASSWORD_FILE',
  '/etc/tidegate/secrets/sentinel/value',
] as const;
const anywhere = (port: number) => ({ ports: [{ port, protocol: 'TCP' }] });
const inNamespace = (name: string) => ({
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }],
});

describe('GIVEN a Redis of somebody else', () => {
  it('WHEN it is one server with users over TLS THEN the server is told all, and the authority is mounted', () => {
    const external = {
      host: 'redis.data.svc',
      user: 'chat',
      tls: true,
      tlsCa: { name: 'authority', key: 'root.pem' },
    };
    const objects = rendered({ external }, { secrets });
    expect(toldOf(objects)).toEqual([
      { host: 'redis.data.svc', port: 6379, tls: true, user: 'chat' },
      [PASSWORD, CA],
    ]);
    expect(egressOf(objects)).toContainEqual(inNamespace('data'));
  });

  it('WHEN it has Sentinels THEN they are told, and where they may lead is open', () => {
    const external = {
      port: 6380,
      sentinel: {
        master: 'main',
        nodes: ['s1', '10.0.0.2:5000'],
        password: { name: 'sentinels', key: 'pw' },
      },
    };
    const objects = rendered({ external }, { secrets });
    expect(toldOf(objects)).toEqual([
      { sentinels: ['s1', '10.0.0.2:5000'], sentinelName: 'main', tls: false },
      [PASSWORD, SENTINEL_PASSWORD],
    ]);
    expect(egressOf(objects).slice(2)).toEqual([
      anywhere(26379),
      { ports: [{ port: 5000, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '10.0.0.2/32' } }] },
      anywhere(6380),
    ]);
    const services = { sentinel: { nodes: ['s.data.svc', 's.more.svc:1'] } };
    expect(egressOf(rendered({ external: services }, { secrets })).slice(2)).toEqual([
      inNamespace('data'),
      inNamespace('more'),
    ]);
  });

  it('WHEN it is a Cluster THEN nodes are told, and each port is open wherever other nodes are', () => {
    const nodes = ['n1', 'n2:7000', 'n3', 'redis.data.svc'];
    const objects = rendered({ external: { cluster: { nodes }, tls: true } }, { secrets });
    expect(toldOf(objects)).toEqual([{ cluster: nodes, tls: true }, [PASSWORD]]);
    expect(egressOf(objects).slice(2)).toEqual([inNamespace('data'), anywhere(6379), anywhere(7000)]);
  });
});

describe('GIVEN a Redis with Sentinels of the environment', () => {
  const objects = rendered({ sentinel: { replicas: 5, storage: '2Gi', storageClassName: 'fast' } });
  const hosts = [0, 1, 2, 3, 4].map((index) => `chat-redis-node-${index}.chat-redis-node`);

  it('WHEN it is rendered THEN there is all it needs, with a volume for each pod', () => {
    const ofRedis = objects.filter(({ metadata }) => /redis/.test(metadata.name));
    expect(ofRedis.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
      'ConfigMap/chat-redis-node',
      'NetworkPolicy/chat-redis',
      ...[0, 1, 2, 3, 4].map((index) => `PersistentVolumeClaim/data-chat-redis-node-${index}`),
      'PodDisruptionBudget/chat-redis-node',
      'Service/chat-redis-node',
      'StatefulSet/chat-redis-node',
    ]);
    expect(named(objects, 'PersistentVolumeClaim', 'data-chat-redis-node-4').spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast',
      resources: { requests: { storage: '2Gi' } },
    });
  });

  it('WHEN the server is told THEN by every Sentinel, which have the password of Redis', () => {
    expect(toldOf(objects)).toEqual([
      { sentinels: hosts.map((host) => `${host}:26379`), sentinelName: 'main', tls: false },
      [PASSWORD, SENTINEL_PASSWORD],
    ]);
  });

  it('WHEN the network is bounded THEN servers reach both ports, and the pods each other', () => {
    const ports = [6379, 26379].map((port) => ({ port, protocol: 'TCP' }));
    const pods = (component: string) => ({
      podSelector: {
        matchLabels: { 'app.kubernetes.io/instance': 'chat', 'app.kubernetes.io/component': component },
      },
    });
    const names = { ports: ['TCP', 'UDP'].map((protocol) => ({ port: 53, protocol })) };
    expect(egressOf(objects)).toContainEqual({ ports, to: [pods('redis')] });
    expect(named(objects, 'NetworkPolicy', 'chat-redis').spec).toMatchObject({
      ingress: [{ ports, from: [pods('server'), pods('redis')] }],
      egress: [names, { ports, to: [pods('redis')] }],
    });
  });

  it('WHEN five may be there THEN three must agree, and a disruption takes one', () => {
    const { data } = named(objects, 'ConfigMap', 'chat-redis-node') as unknown as {
      data: Record<string, string>;
    };
    expect(data['start-sentinel.sh']).toContain("'sentinel monitor main %s 6379 3\\n'");
    expect(named(objects, 'PodDisruptionBudget', 'chat-redis-node').spec).toMatchObject({
      maxUnavailable: 1,
    });
  });

  it.each([
    ['one replica has not all for a moment', '9 8', '9 9', 2],
    ['one stays behind', '9 8', '9 8', 16],
  ])(
    'WHEN a primary hands over, and %s THEN it waits for as long as that is of use',
    (_, first, then, times) => {
      const { data } = named(objects, 'ConfigMap', 'chat-redis-node') as unknown as {
        data: Record<string, string>;
      };
      const log = join(mkdtempSync(join(tmpdir(), 'tidegate-hand-over-')), 'asked');
      const around = `ME=me
sleep() { :; }
ask_sentinel() { echo "$2" >> '${log}'; echo OK; }
ask() {
  [ "$1" != ROLE ] || echo master
  [ "$1" = INFO ] || return 0
  offsets='${then}'
  [ -f '${log}' ] || offsets='${first}'
  echo INFO >> '${log}'
  echo master_repl_offset:9
  for offset in $offsets; do
    echo "slave0:ip=other,port=6379,state=online,offset=$offset,lag=0"
  done
}
`;
      const script = data['hand-over.sh']?.replace('. /etc/redis/common.sh\n', () => around) ?? '';
      expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stderr).toBe('');
      const asked = readFileSync(log, 'utf8').trim().split('\n');
      rmSync(dirname(log), { recursive: true });
      expect(asked.indexOf('FAILOVER')).toBe(times);
    },
    60_000,
  );

  it('WHEN a bigger disk is asked for THEN only the claims change, as a template could not', () => {
    const bigger = rendered({ sentinel: { replicas: 5, storage: '4Gi', storageClassName: 'fast' } });
    const set = (tree: readonly Manifest[]) => named(tree, 'StatefulSet', 'chat-redis-node');
    expect(set(bigger)).toEqual(set(objects));
  });
});

describe.each([
  ['standalone', ['chat-redis', 'localhost']],
  ['sentinel', [...[0, 1, 2].map((index) => `chat-redis-node-${index}.chat-redis-node`), 'localhost']],
])('GIVEN a Redis of the environment over TLS: %s', (kind, dnsNames) => {
  it('WHEN an issuer is named THEN a Certificate for every name is asked for, and the server checks it', () => {
    const objects = rendered({ [kind]: { tls: { issuer: { name: 'internal', kind: 'ClusterIssuer' } } } });
    expect(named(objects, 'Certificate', 'chat-redis').spec).toMatchObject({
      secretName: 'chat-redis-tls',
      dnsNames,
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'internal' },
    });
    const [settings, files] = toldOf(objects);
    expect(settings).toMatchObject({ tls: true });
    expect(files).toContainEqual(CA);
  });

  it('WHEN a Secret is named THEN no Certificate is asked for', () => {
    const objects = rendered({ [kind]: { tls: { secretName: 'given' } } });
    expect(objects.filter((object) => object.kind === 'Certificate')).toEqual([]);
    expect(JSON.stringify(workloads(objects))).toContain('"secretName":"given"');
  });
});
