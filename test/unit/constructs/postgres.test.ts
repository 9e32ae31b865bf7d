import { describe, expect, it } from 'vitest';
import { isMigration, type Manifest, render } from '../../../src/constructs/index.ts';
import { restoreJob } from '../../../src/constructs/postgres-restore.ts';
import { parse, TidegateError } from '../../../src/spec/index.ts';
import { majorOf } from '../../../src/spec/postgres.ts';
import { environment } from '../environment.ts';

const key = (name: string) => ({ name: 'store', key: name });
const backup = {
  schedule: '15 3 * * *',
  s3: { bucket: 'backups', credentials: { accessKeyId: key('id'), secretAccessKey: key('key') } },
};
const migrations = { command: ['node', 'migrate.ts'] };

const rendered = (spec: Record<string, unknown>) => render(parse(environment(spec)));

/** The spec of an object that is rendered. */
function specOf<T>(spec: Record<string, unknown>, kind: string, name: string): T {
  const found = rendered(spec).find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`No ${kind} ${name}`);
  return found.spec as T;
}

interface Policy {
  readonly policyTypes: readonly string[];
  readonly ingress: readonly {
    readonly from?: readonly Peer[];
    readonly ports: readonly { port: number }[];
  }[];
  readonly egress?: readonly {
    readonly to?: readonly Peer[];
    readonly ports?: readonly { port: number }[];
  }[];
}
interface Peer {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
}

/** What pods a policy names, in short. */
const peers = (named: readonly Peer[] = []) =>
  named.map(
    ({ podSelector: { matchLabels } }) =>
      matchLabels['app.kubernetes.io/component'] ?? Object.values(matchLabels)[0],
  );

describe('GIVEN images of Postgres', () => {
  it.each([
    ['docker.io/library/postgres:17.6', 17],
    ['postgres:16', 16],
    ['postgres:16-alpine@sha256:0123', 16],
    ['registry.example.com:5000/postgres:15.3-bookworm', 15],
    ['registry.example.com:5000/postgres', undefined],
    ['postgres@sha256:0123', undefined],
    ['postgres:latest', undefined],
    ['postgres:2026.01', undefined],
  ])('WHEN %s is looked at THEN its major version is %s', (image, expected) => {
    expect(majorOf({ image })).toBe(expected);
    expect(majorOf({ image, major: 18 })).toBe(18);
  });
});

describe('GIVEN an environment with backups and migrations', () => {
  const spec = { postgres: { standalone: { backup } }, migrations };

  it('WHEN it is rendered THEN only they and the server reach the database, and backups the object store', () => {
    const database = specOf<Policy>(spec, 'NetworkPolicy', 'chat-postgres');
    expect(database.ingress.map(({ from }) => peers(from))).toEqual([['server', 'backup', 'migration']]);
    const outs = (name: string) =>
      specOf<Policy>(spec, 'NetworkPolicy', name).egress?.map(({ to, ports }) => [
        peers(to),
        ports?.map(({ port }) => port),
      ]);
    expect(outs('chat-backup')).toEqual([
      [[], [53, 53]],
      [['postgres'], [5432]],
      [[], [443]],
    ]);
    expect(outs('chat-migration')).toEqual([
      [[], [53, 53]],
      [['postgres'], [5432]],
    ]);
  });

  it('WHEN it is rendered THEN Argo CD takes stores, the Job and the rest one after the other', () => {
    const wave = ({ metadata }: Manifest) => metadata.annotations?.['argocd.argoproj.io/sync-wave'];
    const waves = Map.groupBy(rendered(spec), wave);
    expect([...waves.keys()].sort()).toEqual(['-1', '-2', undefined]);
    expect(waves.get('-1')?.map(({ kind }) => kind)).toEqual(['Job']);
    expect(waves.get(undefined)?.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Deployment', 'HorizontalPodAutoscaler', 'Ingress']),
    );
    expect(rendered({}).map(wave)).not.toContain('-2');
  });

  it('WHEN Redis waits for a certificate THEN Argo CD asks for that no later than for Redis', () => {
    const redis = { standalone: { tls: { issuer: { name: 'internal' } } } };
    const waves = rendered({ ...spec, redis }).map(({ kind, metadata }) => [
      kind,
      metadata.annotations?.['argocd.argoproj.io/sync-wave'],
    ]);
    expect(waves).toContainEqual(['Certificate', '-2']);
    expect(waves).toContainEqual(['StatefulSet', '-2']);
  });

  it('WHEN an extension has a Job too THEN that is not the one that servers wait for', () => {
    const jobs = rendered(spec).filter(({ kind }) => kind === 'Job');
    expect(jobs.map(isMigration)).toEqual([true]);
    const labels = { 'app.kubernetes.io/component': 'seed' };
    const others = [labels, undefined].map((of) => ({ kind: 'Job', metadata: { name: 'seed', labels: of } }));
    expect(others.map((one) => isMigration(one as unknown as Manifest))).toEqual([false, false]);
  });

  it('WHEN anything but image and command changes THEN the migration counts as the same', () => {
    const job = (more: Record<string, unknown>) => {
      const found = rendered({ ...spec, ...more }).find(({ kind }) => kind === 'Job') as Manifest & {
        spec: { template: { spec: { containers: [{ args: readonly string[] }] } } };
      };
      return { name: found.metadata.name, id: found.spec.template.spec.containers[0].args[2] };
    };
    const usual = job({});
    expect(usual.name).toMatch(/^chat-migration-[0-9a-f]{8}$/);
    expect(job({ config: { GREETING: 'Hello' } })).toEqual(usual);
    const slower = job({ migrations: { ...migrations, deadlineSeconds: 60 } });
    expect(slower.id).toBe(usual.id);
    expect(slower.name).not.toBe(usual.name);
    expect(job({ server: { image: 'app:2' } }).id).not.toBe(usual.id);
    expect(job({ migrations: { command: ['node', 'other.ts'] } }).id).not.toBe(usual.id);
  });

  it('WHEN a dump hangs, or its pod never starts THEN it fails in time for the next one', () => {
    expect(specOf(spec, 'CronJob', 'chat-postgres-backup')).toMatchObject({
      concurrencyPolicy: 'Forbid',
      jobTemplate: { spec: { activeDeadlineSeconds: 21_600 } },
    });
  });

  it('WHEN a restore is asked for THEN each Job has a name of its own, and the dump that is named', () => {
    const job = restoreJob(parse(environment(spec)), '20260102T031500Z.dump');
    expect(job.metadata).toMatchObject({ generateName: 'chat-postgres-restore-', namespace: 'chat-test' });
    expect(JSON.stringify(job)).toContain('"--dump","20260102T031500Z.dump"');
  });

  it('WHEN an environment keeps no dumps THEN a restore is refused with a code', () => {
    const restore = () => restoreJob(parse(environment({})));
    expect(restore).toThrow(TidegateError);
    expect(restore).toThrow('TG1467 chat-test/chat: It keeps no dumps. Set postgres.standalone.backup.');
  });
});

describe('GIVEN a cluster of CloudNativePG with a pooler and migrations', () => {
  const spec = { postgres: { cloudNativePG: { pooler: {} } }, migrations };
  const settings = () => {
    const found = rendered(spec).find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'chat-server',
    );
    return (found as unknown as { data: Record<string, string> }).data['settings.yaml'];
  };

  it('WHEN it is rendered THEN servers go through the pooler, and the migration to the primary', () => {
    expect(settings()).toContain('host: chat-postgres-pooler');
    const job = JSON.stringify(rendered(spec).find(({ kind }) => kind === 'Job'));
    expect(job).toContain('{"name":"TIDEGATE_POSTGRES_HOST","value":"chat-postgres-rw"}');
    const [toPrimary] = specOf<Policy>(spec, 'NetworkPolicy', 'chat-postgres').ingress;
    expect(peers(toPrimary?.from)).toEqual([
      'chat-postgres-pooler',
      'migration',
      'chat-postgres',
      'cloudnative-pg',
    ]);
    const [toPooler] = specOf<Policy>(spec, 'NetworkPolicy', 'chat-postgres-pooler').ingress;
    expect(peers(toPooler?.from)).toEqual(['server']);
    const out = specOf<Policy>(spec, 'NetworkPolicy', 'chat-server').egress ?? [];
    expect(out.flatMap(({ to }) => peers(to))).toContain('chat-postgres-pooler');
  });

  it('WHEN it is rendered THEN servers check its certificate, whose name is the pooler’s too', () => {
    expect(settings()).toContain('tls: true');
    const server = JSON.stringify(specOf(spec, 'Deployment', 'chat-server'));
    expect(server).toContain('"secretName":"chat-postgres-ca"');
    expect(server).toContain('"name":"TIDEGATE_POSTGRES_TLS_CA_FILE"');
    expect(specOf(spec, 'Cluster', 'chat-postgres')).toMatchObject({
      certificates: { serverAltDNSNames: ['chat-postgres-pooler'] },
    });
  });
});
