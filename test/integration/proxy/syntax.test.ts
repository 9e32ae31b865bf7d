import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProxySpecInput } from '../../../src/proxy/index.ts';
import { certificateOf, checkConfig, nginxVersion, selfSigned } from './nginx-process.ts';

let directory: string;
let version: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-nginx-'));
  version = await nginxVersion();
  await selfSigned(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What nginx says, without a complaint about the account, which only root can change. */
async function check(input: ProxySpecInput): Promise<readonly string[]> {
  const said = await checkConfig(directory, { nginxVersion: version, logDirectory: directory, ...input });
  return said.split('\n').filter((line) => line !== '');
}
const fine = () => {
  const file = join(directory, 'nginx.conf');
  return [
    `nginx: the configuration file ${file} syntax is ok`,
    `nginx: configuration file ${file} test is successful`,
  ];
};

describe('GIVEN a real nginx', () => {
  const longest = `${'a'.repeat(63)}.`.repeat(3) + 'b'.repeat(61);
  it.each<[string, ProxySpecInput]>([
    ['no options', {}],
    ['no limits', { ratePerSecond: 0, connectionsPerAddress: 0 }],
    ['no burst', { burst: 0 }],
    ['the highest limits', { ratePerSecond: 1_000_000, burst: 1_000_000, connectionsPerAddress: 65_535 }],
    ['the largest body', { clientMaxBody: '999999999G' }],
    ['the longest name', { serverNames: [longest, `*.${longest.slice(2)}`] }],
    ['many names', { serverNames: Array.from({ length: 64 }, (_, index) => `${index}.${longest.slice(3)}`) }],
    ['many servers', { upstreams: Array.from({ length: 64 }, (_, index) => `10.0.0.${index}:8000`) }],
    ['servers of all forms', { upstreams: ['localhost:1', '[fd00::5]:65535', '192.0.2.1:8000'] }],
    ['addresses of both kinds', { addresses: ['127.0.0.1', '::1', '0.0.0.0'] }],
  ])('WHEN it is given %s THEN it finds nothing to complain about', async (_, input) => {
    expect(await check(input)).toEqual(fine());
    expect(await check({ ...certificateOf(directory), ...input })).toEqual(fine());
  });

  it('WHEN paths are odd but legal THEN it finds the files', async () => {
    const odd = join(directory, `it's "odd"; {really} \\ \\n # ünï 😀`);
    mkdirSync(odd);
    const [from, to] = [certificateOf(directory), certificateOf(odd)];
    renameSync(from.certificate, to.certificate);
    renameSync(from.certificateKey, to.certificateKey);
    try {
      expect(await check({ ...to, static: odd, logDirectory: odd })).toEqual(fine());
    } finally {
      renameSync(to.certificate, from.certificate);
      renameSync(to.certificateKey, from.certificateKey);
    }
  });
});
