import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { command } from '../../cluster/command.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { environment } from '../../unit/environment.ts';

const kubeconfig = inject('kubeconfig');
const out = mkdtempSync(join(tmpdir(), 'tidegate-synth-'));
let kubectl: Kubectl;

const synth = () => command('cdk8s', ['synth', '--check-upgrade=false', '--output', out]);
const hashes = () => command('sh', ['-c', `cd ${out} && find . -type f | sort | xargs sha256sum`]);

beforeAll(async () => {
  kubectl = await kubectlFor(kubeconfig);
  await synth();
});
afterAll(() => rmSync(out, { recursive: true }));

describe('GIVEN the example environments', () => {
  it('WHEN cdk8s synth runs again THEN every byte is the same', async () => {
    const before = await hashes();
    await synth();
    expect(await hashes()).toBe(before);
    expect(readdirSync(out).sort()).toEqual(['dev', 'preview', 'production', 'staging']);
  });

  it.each(['dev', 'preview', 'production', 'staging'])(
    'WHEN the folder of %s is applied THEN the API server takes every object, strictly and under `restricted`',
    async (name) => {
      const namespace = `chat-${name}`;
      await kubectl(['create', 'namespace', namespace]);
      await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
      const apply = ['apply', '--server-side', '--validate=strict', '-o', 'name', '-k', join(out, name)];
      const applied = (await kubectl(apply)).trim().split('\n');
      const files = readdirSync(join(out, name)).filter((file) => file !== 'kustomization.yaml');
      expect(applied).toHaveLength(files.length);

      // What restricted says of pods it says of their templates too, as a warning that counts as a failure here.
      const dryRun = [
        'apply',
        '--server-side',
        '--dry-run=server',
        '--warnings-as-errors',
        '-k',
        join(out, name),
      ];
      await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/warn=restricted']);
      await kubectl(dryRun);
    },
  );
});

describe('GIVEN an environment with generated credentials', () => {
  const ensure = (file: string) =>
    command('node', ['src/cli/main.ts', 'secrets', 'ensure', file, '--kubeconfig', kubeconfig]);
  const dataOf = async (secret: string) =>
    (await kubectl(['-n', 'chat-dev', 'get', 'secret', secret, '-o', 'jsonpath={.data}'])).trim();

  it('WHEN secrets are ensured twice THEN the second time changes none and tells no value', async () => {
    expect(await ensure('environments/dev.yaml')).toBe(
      'secret/dev-redis created\nsecret/dev-postgres created\nsecret/dev-token created\nsecret/dev-api created\n',
    );
    const before = await dataOf('dev-postgres');
    expect(await ensure('environments/dev.yaml')).toBe(
      'secret/dev-redis present\nsecret/dev-postgres present\nsecret/dev-token present\nsecret/dev-api present\n',
    );
    expect(await dataOf('dev-postgres')).toBe(before);
    const { password } = JSON.parse(before) as { password: string };
    expect(Buffer.from(password, 'base64').toString()).toMatch(/^[\w-]{43}$/);
  });

  it('WHEN they are to rotate from now on THEN each stays, beside the keys that pods read then', async () => {
    const roles = ['redis', 'postgres', 'token', 'api'];
    const secrets = Object.fromEntries(roles.map((role) => [role, { generated: { rotate: {} } }]));
    const file = join(out, 'rotating.yaml');
    const metadata = { name: 'dev', namespace: 'chat-dev' };
    writeFileSync(file, JSON.stringify({ ...environment({ secrets }), metadata }));
    const all = async () =>
      Object.fromEntries(
        await Promise.all(
          roles.map(async (role) => [role, JSON.parse(await dataOf(`dev-${role}`))] as const),
        ),
      );
    const before = await all();
    await ensure(file);
    const after = await all();
    const text = (value: string) => Buffer.from(value, 'base64').toString();
    const login = Buffer.from(`tidegate_a:${text(before.postgres.password)}`).toString('base64');
    expect(after).toEqual({
      redis: { ...before.redis, accepted: before.redis.password },
      postgres: { ...before.postgres, login, accepted: login },
      token: { ...before.token, accepted: before.token.key },
      api: before.api,
    });
    await ensure(file);
    expect(await all()).toEqual(after);
  });

  it('WHEN a Secret that somebody else makes is missing THEN its name, key and remedy are told', async () => {
    await expect(ensure('environments/production.yaml')).rejects.toThrow(
      'tidegate: TG3004 chat-production/redis-credentials: The Secret is not there, or has no key password. ' +
        'Create the Secret with that key, then try again.',
    );
  });
});
