import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { FaultRounds } from './fault-round.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { FAULTS } from './proxy-faults.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

/** Silence is noticed in seconds here, else half-open connections alone would take half a minute. */
const TIMING = { reflector: { watchMs: 1_000, deadlineMs: 2_000 }, silenceMs: 1_500 };

let direct: ApiClient;
let proxy: FaultyProxy;
let operator: RunningOperator;
let rounds: FaultRounds;

beforeAll(async () => {
  const sandbox = await Sandbox.create(inject('kubeconfig'));
  const config = new KubeConfig();
  config.loadFromFile(sandbox.kubeconfig);
  direct = new ApiClient(config);
  proxy = await FaultyProxy.start(config);
  operator = await startOperator(sandbox, { kubeconfig: proxy.kubeconfig, timing: TIMING });
  await sandbox.apply();
  await sandbox.condition('Degraded', { status: 'False' });
  rounds = new FaultRounds(sandbox, proxy, direct);
});
afterAll(async () => {
  await operator.stop();
  await proxy.close();
  direct.close();
});

describe('GIVEN an operator behind a faulty proxy', () => {
  it.each(Object.keys(FAULTS))(
    'WHEN there is %s while everything changes THEN nothing is missed, seconds after its end',
    async (name) => {
      expect(await rounds.run(FAULTS[name] ?? {})).toBeLessThan(5_000);
    },
  );
});
