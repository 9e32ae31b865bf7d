import { describe, expect, it } from 'vitest';
import { parseProxySpec } from '../../../src/proxy/index.ts';
import { TidegateError } from '../../../src/spec/index.ts';

function refusal(input: object): string | undefined {
  try {
    parseProxySpec(input);
  } catch (error) {
    if (error instanceof TidegateError) return error.message;
    throw error;
  }
  return undefined;
}

describe('GIVEN what a proxy is to do', () => {
  it('WHEN nothing is said THEN it is plain HTTP in front of one server of this machine', () => {
    expect(parseProxySpec({})).toEqual({
      serverNames: [],
      upstreams: ['127.0.0.1:8000'],
      ratePerSecond: 50,
      connectionsPerAddress: 100,
      clientMaxBody: '1m',
      exposeMetrics: false,
      addresses: ['0.0.0.0', '::'],
      httpPort: 80,
      httpsPort: 443,
      logDirectory: '/var/log/nginx',
    });
  });

  it.each([
    { upstreams: ['10.0.0.5:8000', 'chat.internal:1', '[fd00::5]:65535'] },
    { serverNames: ['chat.example.com', '*.example.com', '192.0.2.1', 'localhost', `${'a'.repeat(63)}.b`] },
    { static: '/srv/it\'s "here"; {really} \\ # ü/' },
    { clientMaxBody: '999999999G' },
    { addresses: ['127.0.0.1', '::1'] },
    { nginxVersion: '1.18.0' },
    { certificate: '/a', certificateKey: '/b', httpPort: 8080, httpsPort: 8443 },
    { ratePerSecond: 0, burst: 0, connectionsPerAddress: 0 },
  ])('WHEN %o is asked for THEN it is taken', (input) => {
    expect(refusal(input)).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ upstreams: [] }, '--upstream'],
    [{ upstreams: ['127.0.0.1'] }, '--upstream'],
    [{ upstreams: ['127.0.0.1:0'] }, '--upstream'],
    [{ upstreams: ['127.0.0.1:65536'] }, '--upstream'],
    [{ upstreams: ['fd00::5:8000'] }, '--upstream'],
    [{ upstreams: ['[fd00::zz]:8000'] }, '--upstream'],
    [{ upstreams: ['unix:/tmp/a:1'] }, '--upstream'],
    [{ upstreams: ['a:1; b:2'] }, '--upstream'],
    [{ upstreams: ['a:1', 'a:1'] }, '--upstream'],
    [{ serverNames: ['~^a$'] }, '--server-name'],
    [{ serverNames: ['a b'] }, '--server-name'],
    [{ serverNames: ['a;'] }, '--server-name'],
    [{ serverNames: ['*.*.a'] }, '--server-name'],
    [{ serverNames: ['Chat.example.com'] }, '--server-name'],
    [{ static: 'relative' }, '--static'],
    [{ static: '/' }, '--static'],
    [{ static: '//' }, '--static'],
    [{ static: '/a\nb' }, '--static'],
    [{ static: '/a$b' }, '--static'],
    [{ static: `/${'a'.repeat(600)}` }, '--static'],
    [{ clientMaxBody: '0' }, '--client-max-body'],
    [{ clientMaxBody: '1t' }, '--client-max-body'],
    [{ addresses: ['localhost'] }, '--address'],
    [{ user: 'www data' }, '--user'],
    [{ nginxVersion: '1.17.9' }, '--nginx-version'],
    [{ nginxVersion: '1.22' }, '--nginx-version'],
    [{ ratePerSecond: -1 }, '--rate'],
    [{ connectionsPerAddress: 65_536 }, '--connections'],
    [{ certificate: '/a', certificateKey: '/b', httpPort: 443 }, '--https-port'],
  ])('WHEN %o is asked for THEN it is refused by the name of %s', (input, flag) => {
    expect(refusal(input)).toMatch(new RegExp(`^TG1003 ${flag}: .+\\. .+\\.$`));
  });

  it('WHEN the certificate comes without its key THEN the missing one is named', () => {
    expect(refusal({ certificate: '/a.pem' })).toBe(
      'TG1002 --certificate-key: TLS needs it beside --certificate. Add --certificate-key, or leave both out for plain HTTP.',
    );
    expect(refusal({ certificateKey: '/a.key' })).toMatch(/^TG1002 --certificate: /);
  });

  it('WHEN there is no such option THEN it is named', () => {
    expect(refusal({ cert: '/a.pem' })).toMatch(/^TG1001 cert: /);
  });
});
