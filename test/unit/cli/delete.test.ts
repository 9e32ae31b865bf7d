import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-delete-'));
const SERVICE = {
  metadata: {
    name: 'chat-server',
    namespace: 'default',
    uid: '1',
    labels: { 'app.kubernetes.io/managed-by': 'tidegate-cli' },
  },
};

/** An API server with one Service, which says nothing more once that is deleted. */
const server = createServer(({ method, url = '' }, response) => {
  if (method === 'DELETE') silent = true;
  else if (silent) return;
  const answers: Readonly<Record<string, object>> = {
    '/api/v1': { resources: [{ name: 'services', kind: 'Service', namespaced: true }] },
    '/api/v1/namespaces/default/services': { items: [SERVICE] },
  };
  const answer = method === 'DELETE' ? {} : answers[url.split('?')[0] ?? ''];
  response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
});
let silent = false;

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

describe('GIVEN an API server that falls silent', () => {
  it('WHEN an environment was deleted THEN it is not said to be gone, and the shell sees 1', async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfig = join(directory, 'kubeconfig');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'fake',
        contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
        clusters: [{ name: 'fake', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'fake', user: {} }],
      }),
    );
    const args = ['delete', 'chat', '--yes', '--no-config', '--timeout', '1s', '--kubeconfig', kubeconfig];
    const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { stdio: 'pipe' });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect([status, stdout, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      'Service chat-server deleted\n',
      expect.stringMatching(/^tidegate: TG6008 default\/chat: The API server did not answer\. /),
    ]);
  }, 60_000);
});
