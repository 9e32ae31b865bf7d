import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { VERSION } from '../../../src/spec/index.ts';
import { LaterVersion } from '../../later-version.ts';
import { environment } from '../environment.ts';

const NOW = join(import.meta.dirname, '../../../src/cli/main.ts');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-upgrade-'));
const file = join(directory, 'chat.yaml');
const out = join(directory, 'rendered');
let later: LaterVersion;

beforeAll(() => {
  later = new LaterVersion();
});
afterAll(() => {
  later.remove();
  rmSync(directory, { recursive: true });
});

const write = (spec: Record<string, unknown> = {}) => writeFileSync(file, stringify(environment(spec)));
const run = (program: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('node', [program, ...args], {
    encoding: 'utf8',
    cwd: directory,
  });
  return { status, stdout, stderr };
};
const synth = (program: string) => run(program, 'synth', file, '--out', out);
const written = () => {
  const folder = join(out, 'chat');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
};
const done = { status: 0, stdout: `${join(out, 'chat')}\n`, stderr: '' };

describe('GIVEN a folder that was written by this version', { timeout: 60_000 }, () => {
  it('WHEN a later one writes it, and this one again THEN it is the same byte by byte, and the newer image is told', () => {
    write();
    expect(synth(NOW)).toEqual(done);
    const before = written();
    expect(before['deployment-chat-server.yaml']).toContain(`image: ghcr.io/tidegate/server:${VERSION}\n`);
    expect(synth(later.program)).toEqual({
      ...done,
      stderr:
        `chat keeps ghcr.io/tidegate/server:${VERSION}; set spec.server.image for another, ` +
        `such as ghcr.io/tidegate/server:${later.version}\n`,
    });
    expect(written()).toEqual(before);
    expect(synth(NOW)).toEqual(done);
    expect(written()).toEqual(before);
  });

  it('WHEN the spec names the newer image THEN it is written, and stays when it is named no more', () => {
    const image = `ghcr.io/tidegate/server:${later.version}`;
    write({ server: { image } });
    expect(synth(later.program)).toEqual(done);
    write();
    expect(synth(later.program)).toEqual(done);
    expect(written()['deployment-chat-server.yaml']).toContain(`image: ${image}\n`);
  });

  it('WHEN the folder is gone THEN the environment is new, with the image of the version that writes it', () => {
    rmSync(out, { recursive: true });
    expect(synth(later.program)).toEqual(done);
    expect(written()['deployment-chat-server.yaml']).toContain(`:${later.version}\n`);
  });

  it.each([
    ['kind: [', 'It is no YAML'],
    ['kind: Deployment', 'It holds no image of the server'],
    ['', 'It holds no image of the server'],
  ])('WHEN its Deployment is %j THEN no image is guessed', (text, reason) => {
    writeFileSync(join(out, 'chat/deployment-chat-server.yaml'), text);
    const { status, stderr } = synth(NOW);
    expect([status, stderr]).toEqual([
      1,
      `tidegate: TG1480 ${join(out, 'chat/deployment-chat-server.yaml')}: ${reason}. ` +
        'Name the image under spec.server.image, or delete the file so that it is written anew.\n',
    ]);
  });
});

describe('GIVEN an environment that names no image', { timeout: 60_000 }, () => {
  it('WHEN it is promoted THEN that is refused: what it runs is not in its spec', () => {
    write();
    const target = join(directory, 'target.yaml');
    writeFileSync(target, stringify({ ...environment(), metadata: { name: 'target' } }));
    expect(run(NOW, 'promote', file, target)).toEqual({
      status: 1,
      stdout: '',
      stderr: `tidegate: TG5004 ${file}: It names no image, and so keeps the one that it runs. Give spec.server.image a tag or a digest.\n`,
    });
  });

  it('WHEN another is promoted to it THEN it names the version from then on, be it the one that it has', () => {
    write({ server: { image: `ghcr.io/tidegate/server:${VERSION}` } });
    const target = join(directory, 'target.yaml');
    expect(run(NOW, 'promote', file, target).status).toBe(0);
    expect(readFileSync(target, 'utf8')).toContain(`image: ghcr.io/tidegate/server:${VERSION}`);
  });
});
