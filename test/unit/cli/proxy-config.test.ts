import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-proxy-config-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const nginx = (...args: string[]) => {
  const all = ['src/cli/main.ts', 'proxy-config', 'nginx', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('GIVEN `tidegate proxy-config nginx`', () => {
  it('WHEN options are repeated THEN the configuration has all, with the timeout that the settings ask for', () => {
    const settings = join(directory, 'settings.yaml');
    writeFileSync(settings, 'ping: { intervalSeconds: 30 }\n');
    const names = ['--server-name', 'a.example.com', '--server-name', 'b.example.com'];
    const upstreams = ['--upstream', '10.0.0.1:8000', '--upstream', '10.0.0.2:8000', '--rate', '7'];
    const { status, stdout, stderr } = nginx(...names, ...upstreams, '--settings', settings);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('server_name a.example.com b.example.com;');
    expect(stdout).toContain(
      'server 10.0.0.1:8000 max_fails=3 fail_timeout=5s;\n        server 10.0.0.2:8000',
    );
    expect(stdout).toContain('rate=7r/s;');
    expect(stdout).toContain('proxy_read_timeout 92s;');
  });

  it('WHEN a file is named THEN it is written and its name printed', () => {
    const out = join(directory, 'nginx.conf');
    expect(nginx('--out', out)).toEqual({ status: 0, stdout: `${out}\n`, stderr: '' });
    expect(readFileSync(out, 'utf8')).toMatch(/^# A proxy in front of Tidegate[\s\S]+\n}\n$/);
  });

  it('WHEN the file cannot be written THEN one sentence says so and the shell sees 1', () => {
    const out = join(directory, 'missing', 'nginx.conf');
    expect(nginx('--out', out)).toEqual({
      status: 1,
      stdout: '',
      stderr: `tidegate: TG2004 ${out}: The configuration cannot be written there (ENOENT). Choose another file, or change the owner or mode of its directory.\n`,
    });
  });

  it('WHEN the key is left out THEN it is named and the shell sees 1', () => {
    const { status, stderr } = nginx('--certificate', '/etc/tls/chain.pem');
    expect([status, stderr]).toEqual([
      1,
      'tidegate: TG1002 --certificate-key: TLS needs it beside --certificate. Add --certificate-key, or leave both out for plain HTTP.\n',
    ]);
  });

  it.each([
    [
      ['--upstream', '127.0.0.1'],
      "option '--upstream <host:port...>' argument '127.0.0.1' is invalid. Must be host:port",
    ],
    [['--server-name', 'a; evil on'], 'Must be a DNS name in lower case'],
    [['--static', 'files'], 'Must be an absolute path'],
    [
      ['--http-port', 'eighty'],
      "option '--http-port <number>' argument 'eighty' is invalid. Must be a whole number.",
    ],
    [['--upstream', 'a:1', '--upstream', 'a:1'], 'Must not name the same twice.'],
  ])('WHEN it is called wrongly as %s THEN it says how and the shell sees 2', (args, message) => {
    const { status, stderr } = nginx(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
