import { describe, expect, it } from 'vitest';
import { nginxConfig, type ProxySpecInput, parseProxySpec } from '../../../src/proxy/index.ts';
import { Settings } from '../../../src/spec/index.ts';
import { find, readNginx } from './nginx-tree.ts';

const TLS = { certificate: '/etc/tls/chain.pem', certificateKey: '/etc/tls/key.pem' };

function render(input: ProxySpecInput, settings: object = {}) {
  const text = nginxConfig(parseProxySpec(input), Settings.parse(settings));
  const tree = readNginx(text);
  return { text, lines: (...path: string[]) => find(tree, ...path).map(({ args }) => args.join(' ')) };
}

describe('GIVEN a proxy without a certificate', () => {
  it('WHEN it is rendered THEN it listens on 80, and a comment says what that means', () => {
    const { text, lines } = render({});
    expect(lines('http', 'server', 'listen')).toEqual([
      '0.0.0.0:80 default_server backlog=4096',
      '[::]:80 default_server backlog=4096',
    ]);
    expect(text).toContain('# Without TLS, as no certificate is given');
    expect(text).not.toContain('ssl');
    expect(text).not.toContain('Strict-Transport-Security');
  });
});

describe('GIVEN a proxy with a certificate', () => {
  it('WHEN it has a name THEN one server cuts off strangers, one redirects and one answers', () => {
    const { lines } = render({
      ...TLS,
      serverNames: ['chat.example.com', '*.example.org'],
      addresses: ['::1'],
    });
    expect(lines('http', 'server', 'listen')).toEqual([
      '[::1]:80 default_server backlog=4096',
      '[::1]:443 ssl default_server backlog=4096',
      '[::1]:80',
      '[::1]:443 ssl',
    ]);
    expect(lines('http', 'server', 'server_name')).toEqual([
      '_',
      'chat.example.com *.example.org',
      'chat.example.com *.example.org',
    ]);
    expect(lines('http', 'server', 'return')).toEqual(['444', '301 https://$host$request_uri']);
  });

  it('WHEN it listens on another port THEN the redirect and the servers are told so', () => {
    const { lines } = render({ ...TLS, httpsPort: 8443 });
    expect(lines('http', 'server', 'return')).toEqual(['301 https://$host:8443$request_uri']);
    expect(lines('http', 'proxy_set_header')).toContain('Host $host:8443');
  });

  it.each([
    [undefined, ['on'], '127.0.0.1:443 ssl default_server backlog=4096'],
    ['1.25.1', ['on'], '127.0.0.1:443 ssl default_server backlog=4096'],
    ['1.25.0', [], '127.0.0.1:443 ssl http2 default_server backlog=4096'],
    ['1.22.1', [], '127.0.0.1:443 ssl http2 default_server backlog=4096'],
  ])('WHEN nginx is %s THEN HTTP/2 is turned on as it understands it', (nginxVersion, directive, listen) => {
    const { lines } = render({ ...TLS, addresses: ['127.0.0.1'], nginxVersion });
    expect([lines('http', 'http2'), lines('http', 'server', 'listen')[1]]).toEqual([directive, listen]);
  });
});

describe('GIVEN the settings of the servers', () => {
  it('WHEN the ping interval is 30 s THEN sockets may be silent for 92 s, requests for 60 s', () => {
    const { lines } = render({}, { ping: { intervalSeconds: 30 } });
    expect(lines('http', 'server', 'location', 'proxy_read_timeout')).toEqual(['60s', '92s']);
    expect(lines('http', 'server', 'location', 'proxy_send_timeout')).toEqual(['60s', '92s']);
  });
});

describe('GIVEN limits', () => {
  it('WHEN there is a rate THEN the burst is twice as much, or what was asked for', () => {
    const limits = (input: ProxySpecInput) => render(input).lines('http', 'server', 'location', 'limit_req');
    expect(limits({ ratePerSecond: 7 })).toEqual(Array(2).fill('zone=requests burst=14 nodelay'));
    expect(limits({ ratePerSecond: 7, burst: 1 })).toEqual(Array(2).fill('zone=requests burst=1 nodelay'));
    expect(limits({ ratePerSecond: 7, burst: 0 })).toEqual(Array(2).fill('zone=requests'));
  });

  it('WHEN they are 0 THEN there are none', () => {
    expect(render({ ratePerSecond: 0, connectionsPerAddress: 0 }).text).not.toMatch(
      /limit_(req|conn)[ _z]*zone/,
    );
  });
});

describe('GIVEN what is inside', () => {
  it('WHEN nothing is said THEN metrics and readiness are not found, and with the flag they are', () => {
    const paths = (input: ProxySpecInput) => render(input).lines('http', 'server', 'location');
    expect(paths({})).toEqual(['= /metrics', '= /readyz', '/', '@sockets']);
    expect(paths({ exposeMetrics: true })).toEqual(['/', '@sockets']);
  });
});
