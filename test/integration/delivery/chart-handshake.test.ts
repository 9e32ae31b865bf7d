import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { command } from '../../cluster/command.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { TestApp } from '../server/test-app.ts';
import { rendered } from './helm-cli.ts';

const script = readFileSync('charts/tidegate/files/handshake.js', 'utf8');
const handshake = (url: string, seconds = 0) =>
  command(process.execPath, ['-e', script, url, 'chat.example.com', String(seconds)]);

describe('GIVEN a chart with an environment', () => {
  it("WHEN it is rendered THEN helm's test opens a WebSocket through the Service that the environment gets", async () => {
    const input = environment();
    const { name, namespace } = parse(input).metadata;
    const chart = await rendered({ environments: { [name]: { namespace, spec: input.spec } } });
    const [pod] = parseAllDocuments(chart)
      .map((one) => one.toJS())
      .filter((one) => one?.kind === 'Pod');
    const service = render(parse(input)).find(
      (one) => one.kind === 'Service' && /-server$/.test(one.metadata.name),
    );
    const [{ port }] = (service as unknown as { spec: { ports: [{ port: number }] } }).spec.ports;
    expect(pod.metadata.namespace).toBe('default');
    expect(pod.metadata.annotations['helm.sh/hook']).toBe('test');
    const address = `http://${service?.metadata.name}.${namespace}.svc:${port}/ws`;
    expect(pod.spec.containers[0].args).toEqual([script, address, 'chat.example.com', '120']);
  });
});

describe('GIVEN a server', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await TestApp.start((app) => {
      app.websocket('/ws', (socket) => socket.accept());
      app.websocket('/secure/ws', { auth: 'required' }, (socket) => socket.accept());
    });
    // Its embedded database starts in this process, which answers nobody meanwhile.
    await waitFor(
      'the server to be ready',
      async () => (await fetch(`${server.url}/readyz`)).ok || undefined,
    );
  });
  afterAll(() => server.stop());

  it('WHEN an endpoint accepts THEN the test ends well', async () => {
    expect(await handshake(`${server.url}/ws`)).toBe(`${server.url}/ws: 101 Switching Protocols\n`);
  });

  it.each([
    ['/secure/ws', '401 Unauthorized'],
    ['/nowhere', '404 Not Found'],
  ])('WHEN %s refuses THEN the test fails and says what it got', async (path, answer) => {
    await expect(handshake(`${server.url}${path}`)).rejects.toThrow(
      `exit code 1\n${server.url}${path}: ${answer}`,
    );
  });

  it('WHEN nobody listens THEN the test fails and says so', async () => {
    await expect(handshake('http://127.0.0.1:1/ws')).rejects.toThrow('ECONNREFUSED 127.0.0.1:1');
  });
});
