import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageReference } from '../../../src/delivery/gitops/image-reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const main = join(process.cwd(), 'src/cli/main.ts');
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-promote-'));
  mkdirSync(join(directory, 'environments'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const run = (program: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: directory,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });
  return { status, stdout, stderr };
};
const promote = (...args: readonly string[]) => run('node', main, 'promote', ...args);
const read = (name: string) => readFileSync(join(directory, 'environments', `${name}.yaml`), 'utf8');

const spec = (name: string, image: string) => `# Environment ${name}.
apiVersion: tidegate.dev/v1alpha1
kind: RealtimeEnvironment
metadata: { name: ${name}, namespace: chat }   # where
spec:
  host: ${name}.example.com
  route: { ingress: { className: contour } }
  server:
    # Built by the pipeline.
    image: ${image} # promoted
    settings: { logLevel: info }
`;
const write = (name: string, image: string) =>
  writeFileSync(join(directory, 'environments', `${name}.yaml`), spec(name, image));

const DIFF = `--- a/environments/production.yaml
+++ b/environments/production.yaml
@@ -7,5 +7,5 @@
   route: { ingress: { className: contour } }
   server:
     # Built by the pipeline.
-    image: mirror.example/acme/chat:1.1.0 # promoted
+    image: mirror.example/acme/chat:1.2.0 # promoted
     settings: { logLevel: info }
`;

describe('GIVEN references of images', () => {
  it.each([
    ['acme/chat', 'acme/chat', 'chat', ''],
    ['chat:1', 'chat', 'chat', ':1'],
    ['localhost:5000/acme/chat', 'localhost:5000/acme/chat', 'chat', ''],
    ['localhost:5000/acme/chat:v1.2_3-a', 'localhost:5000/acme/chat', 'chat', ':v1.2_3-a'],
    [`ghcr.io/acme/chat@${DIGEST}`, 'ghcr.io/acme/chat', 'chat', `@${DIGEST}`],
    [`ghcr.io/acme/chat:1.2@${DIGEST}`, 'ghcr.io/acme/chat', 'chat', `:1.2@${DIGEST}`],
  ])(
    'WHEN %s is taken apart THEN registry, name and version are told',
    (image, repository, name, version) => {
      expect(imageReference(image)).toEqual({ repository, name, version });
    },
  );
});

describe('GIVEN a staging and a production environment', () => {
  beforeEach(() => {
    write('staging', 'ghcr.io/acme/chat:1.2.0');
    write('production', 'mirror.example/acme/chat:1.1.0');
  });

  it('WHEN one is promoted to the other THEN the version alone changes, the registry stays, and the diff is shown', () => {
    const before = read('production');
    expect(promote('staging', 'production')).toEqual({ status: 0, stdout: DIFF, stderr: '' });
    expect(read('production')).toBe(before.replace('chat:1.1.0', 'chat:1.2.0'));
    expect(promote('staging', 'production')).toEqual({
      status: 0,
      stdout: 'environments/production.yaml has mirror.example/acme/chat:1.2.0 already\n',
      stderr: '',
    });
  });

  it('WHEN the diff is applied with git THEN it does the same', () => {
    const before = read('production');
    writeFileSync(join(directory, 'a.patch'), promote('staging', 'production', '--dry-run').stdout);
    expect(read('production')).toBe(before);
    expect(run('git', 'apply', 'a.patch')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(read('production')).toBe(before.replace('chat:1.1.0', 'chat:1.2.0'));
  });

  it('WHEN paths are given, and a digest THEN the digest goes over', () => {
    write('staging', `ghcr.io/acme/chat:1.2.0@${DIGEST}`);
    expect(promote('environments/staging.yaml', './environments/production.yaml').status).toBe(0);
    expect(read('production')).toContain(`    image: mirror.example/acme/chat:1.2.0@${DIGEST} # promoted\n`);
  });

  it('WHEN the target has its image from a base THEN its own file alone changes', () => {
    const files = join(directory, 'environments');
    const base = spec('base', 'ghcr.io/acme/chat:1.0.0').replace(/metadata.*\n/, '');
    writeFileSync(join(files, 'base.yaml'), base);
    writeFileSync(
      join(files, 'production.yaml'),
      'extends: ./base.yaml\nmetadata: { name: production }\nspec:\n  host: chat.example.com # theirs\n',
    );
    expect(promote('staging', 'production').status).toBe(0);
    expect(read('production')).toBe(
      'extends: ./base.yaml\nmetadata: { name: production }\nspec:\n  host: chat.example.com # theirs\n' +
        '  server: { image: ghcr.io/acme/chat:1.2.0 }\n',
    );
    expect(read('base')).toBe(base);
  });

  it('WHEN a commit is asked for THEN it holds that file and nothing else that is staged', () => {
    run('git', 'init', '--quiet');
    run('git', 'config', 'user.name', 'Someone');
    run('git', 'config', 'user.email', 'someone@example.com');
    run('git', 'add', '.');
    run('git', 'commit', '--quiet', '--message', 'Begin');
    writeFileSync(join(directory, 'other'), '');
    run('git', 'add', 'other');

    const { status, stdout, stderr } = promote('staging', 'production', '--commit');
    expect([status, stderr]).toEqual([0, '']);
    const hash = run('git', 'rev-parse', '--short', 'HEAD').stdout.trim();
    expect(stdout).toBe(`${DIFF}${hash} Promote staging to production: 1.2.0\n`);
    expect(run('git', 'show', '--format=%s', '--name-only').stdout).toBe(
      'Promote staging to production: 1.2.0\n\nenvironments/production.yaml\n',
    );
    expect(run('git', 'status', '--porcelain').stdout).toBe('A  other\n');
  });

  it('WHEN the file has changes of its own THEN nothing is committed or written', () => {
    run('git', 'init', '--quiet');
    const before = read('production');
    const { status, stderr } = promote('staging', 'production', '--commit');
    expect([status, stderr]).toEqual([
      1,
      'tidegate: TG5006 environments/production.yaml: It has changes that are not committed. ' +
        'Commit them first, or promote without --commit.\n',
    ]);
    expect(read('production')).toBe(before);
  });

  it('WHEN there is no repository THEN what git says is told, and nothing is written', () => {
    const before = read('production');
    const { status, stderr } = promote('staging', 'production', '--commit');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^tidegate: TG5006 environments\/production\.yaml: git status: fatal: not a git repository/,
    );
    expect(read('production')).toBe(before);
  });

  it.each([
    [
      'the images are different ones',
      () => write('staging', 'ghcr.io/acme/other:1.2.0'),
      'TG5005 environments/production.yaml: It runs mirror.example/acme/chat, and environments/staging.yaml runs ghcr.io/acme/other. ',
    ],
    [
      'there is no version',
      () => write('staging', 'ghcr.io/acme/chat'),
      'TG5004 environments/staging.yaml: Its image, ghcr.io/acme/chat, has neither tag nor digest. ',
    ],
    [
      'the name is unknown',
      () => rmSync(join(directory, 'environments/staging.yaml')),
      'TG5003 staging: environments holds no environment of that name. ',
    ],
    [
      'the name is in two files',
      () => writeFileSync(join(directory, 'environments/again.yaml'), spec('staging', 'acme/chat:3')),
      'TG5003 staging: environments/again.yaml and environments/staging.yaml both describe one of that name. ',
    ],
    [
      'a spec is wrong',
      () => write('staging', '"two words"'),
      'TG1003 environments/staging.yaml: spec.server.image: ',
    ],
  ])('WHEN %s THEN that is told, and nothing is written', (_, spoil, message) => {
    spoil();
    const before = read('production');
    const { status, stdout, stderr } = promote('staging', 'production');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.startsWith(`tidegate: ${message}`), stderr).toBe(true);
    expect(read('production')).toBe(before);
  });
});
