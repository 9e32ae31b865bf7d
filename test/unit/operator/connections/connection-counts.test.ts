import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionCounts } from '../../../../src/operator/connections/connection-counts.ts';
import { readConnections } from '../../../../src/operator/connections/read-connections.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

const text = (body: string) => serve((_, response) => response.end(body));
const pod = (name: string, url: string) => ({ name, uid: name, url, ready: true, deletionCost: 0 });

describe('GIVEN a server that is asked for its connections', () => {
  it.each([
    ['one number', 'a 1\ntidegate_connections 12\ntidegate_connections_total 99\n', 12],
    ['a number a worker', 'tidegate_connections{worker="0"} 3\ntidegate_connections{worker="1"} 4\n', 7],
  ])('WHEN it tells %s THEN that is the count', async (_, page, count) => {
    expect(await readConnections(await text(page), 1_000)).toBe(count);
  });

  it.each([
    [
      'does not tell',
      (_: unknown, response: Parameters<RequestListener>[1]) => response.end('a 1\n'),
      'does not tell of',
    ],
    [
      'refuses',
      (_: unknown, response: Parameters<RequestListener>[1]) => response.writeHead(403).end(),
      'answered 403',
    ],
    [
      'sends elsewhere',
      (_: unknown, response: Parameters<RequestListener>[1]) =>
        response.writeHead(302, { location: '/' }).end(),
      'fetch failed',
    ],
    [
      'never ends',
      (_: unknown, response: Parameters<RequestListener>[1]) => {
        const more = () => void (response.write('x'.repeat(65_536)) && setImmediate(more));
        response.on('drain', more);
        more();
      },
      'too long',
    ],
    ['is silent', () => {}, 'timeout'],
  ] as const)('WHEN it %s THEN that is an error', async (_, answer, message) => {
    await expect(readConnections(await serve(answer as RequestListener), 500)).rejects.toThrow(message);
  });
});

describe('GIVEN counts of several pods', () => {
  it('WHEN one does not answer THEN the others are told', async () => {
    const url = await text('tidegate_connections 5\n');
    const gone = await text('');
    const counts = await new ConnectionCounts().of([pod('a', url), pod('gone', gone), pod('b', url)]);
    expect(counts.map(({ pod: { name }, connections }) => [name, connections])).toEqual([
      ['a', 5],
      ['b', 5],
    ]);
  });

  it('WHEN many ask at once THEN each pod is asked once', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end('tidegate_connections 1\n');
    });
    const counts = new ConnectionCounts();
    const pods = Array.from({ length: 300 }, (_, index) => pod(`pod-${index}`, url));
    const all = await Promise.all([counts.of(pods), counts.of(pods)]);
    expect(all.map(({ length }) => length)).toEqual([300, 300]);
    expect(asked).toBe(300);
  });
});
