import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { BreakableLink } from './breakable-link.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-operator-'));
let sandbox: Sandbox;
let link: BreakableLink;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  const config = new KubeConfig();
  config.loadFromFile(sandbox.kubeconfig);
  const server = config.getCurrentCluster()?.server ?? '';
  link = new BreakableLink(server);
  await link.open();
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    readFileSync(sandbox.kubeconfig, 'utf8').replace(server, `https://127.0.0.1:${link.port}`),
  );
  await link.close();
  operator = await startOperator(sandbox, { kubeconfig });
});
afterAll(async () => {
  await operator.stop();
  await link.close();
  rmSync(directory, { recursive: true });
});

const putBack = (name: string) => waitFor(`Service ${name}`, () => sandbox.get('service', name));

describe('GIVEN an operator whose connection to the API server breaks', () => {
  it('WHEN the API server is away at the start THEN the operator waits, and begins once it is there', async () => {
    expect((await operator.page('/readyz')).status).toBe(503);
    await sandbox.apply();
    await link.open();
    await sandbox.condition('Degraded', { status: 'False' });
    expect((await operator.page('/readyz')).status).toBe(200);
  });

  it('WHEN every connection is reset at once THEN it converges', async () => {
    for (let round = 0; round < 3; round += 1) {
      link.reset();
      await sandbox.kubectl(['delete', 'service', 'chat-server']);
      await putBack('chat-server');
    }
  });

  it('WHEN the API server goes away for longer than the lease is renewed THEN it leads again and converges', async () => {
    await link.close();
    await sandbox.kubectl(['delete', 'service', 'chat-server', 'chat-redis']);
    await waitFor('the lease to be lost', () =>
      operator.logs.find(({ msg }) => msg === 'Lost the lease; writes have stopped'),
    );
    await link.open();
    await Promise.all([putBack('chat-server'), putBack('chat-redis')]);
  });
});
