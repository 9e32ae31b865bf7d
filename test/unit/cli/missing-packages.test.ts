import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-missing-packages-'));
afterAll(() => rmSync(directory, { recursive: true }));

const COMMAND = ['--import', join(import.meta.dirname, 'without-packages.ts'), 'src/cli/main.ts'];

const tidegate = (...args: string[]) => {
  const { status, stderr } = spawnSync('node', [...COMMAND, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TIDEGATE_AUTH_TOKEN_KEY: randomBytes(32).toString('hex') },
  });
  return { status, stderr };
};

describe('GIVEN no package of the server, the operator or Pulumi', () => {
  it.each([
    ['validate', 'environments'],
    ['synth', 'environments', '--out', directory],
    ['explain', 'autoscaling'],
    ['settings'],
    ['token', '--user', 'someone'],
    ['proxy-config', 'nginx'],
    ['completion', 'bash'],
  ])('WHEN %s is called THEN it misses none', (...args) => {
    expect(tidegate(...args)).toEqual({ status: 0, stderr: '' });
  });

  it.each([['serve'], ['operator', 'run'], ['workers', 'status']])(
    'WHEN %s is called THEN it says which package to install, and no stack',
    (...args) => {
      const { status, stderr } = tidegate(...args);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^tidegate: TG2010 (\S+): This command needs packages that are not installed\. Run npm install '\1@\^[\d.]+', or use the image, which has them\.\n$/,
      );
    },
  );
});
