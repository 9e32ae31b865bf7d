import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installCustomResources } from '../../cluster/custom-resources.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RestartableApiServer, startApiServer } from './restartable-api-server.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

let apiServer: RestartableApiServer;
let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  apiServer = await startApiServer();
  await installCustomResources(apiServer.kubeconfig);
  sandbox = await Sandbox.create(apiServer.kubeconfig);
  operator = await startOperator(sandbox);
});
afterAll(async () => {
  await operator.stop();
  await apiServer.stop();
});

describe('GIVEN an operator with an environment', () => {
  it('WHEN the API server is killed and comes back THEN it converges, and takes nothing for drift', async () => {
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'False' });
    // Killed while the operator is about to apply this.
    await sandbox.apply({ config: { GREETING: 'hello' } });
    await apiServer.restart();
    await waitFor('the new generation', async () =>
      (await sandbox.status()).observedGeneration === 2 ? true : undefined,
    );
    await sandbox.condition('Degraded', { status: 'False' });
    await sandbox.kubectl(['delete', 'service', 'chat-server']);
    await waitFor('the Service', () => sandbox.get('service', 'chat-server'));
    expect((await operator.page('/readyz')).status).toBe(200);
    expect(await sandbox.events()).not.toContainEqual(expect.stringMatching(/^Reverted|^TG/));
  });
});
