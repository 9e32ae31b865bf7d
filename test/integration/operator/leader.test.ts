import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePorts } from '../../cluster/control-plane/free-ports.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { Sandbox } from './sandbox.ts';

/** An operator in a process of its own, as in a pod. */
interface OperatorProcess {
  readonly child: ChildProcess;
  readonly messages: string[];
}

let sandbox: Sandbox;
const processes: OperatorProcess[] = [];

async function start(kubeconfig = sandbox.kubeconfig): Promise<OperatorProcess> {
  const { namespace } = sandbox;
  const [port] = await freePorts(1);
  const args = ['--kubeconfig', kubeconfig, '--namespace', namespace, '--watch-namespace', namespace];
  const child = spawn('node', ['src/cli/main.ts', 'operator', 'run', ...args, '--health-port', String(port)]);
  const messages: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    messages.push(...lines.map((line) => (JSON.parse(line) as { msg: string }).msg));
  });
  const process = { child, messages };
  processes.push(process);
  return process;
}

const said = ({ messages }: OperatorProcess, message: string) =>
  waitFor(`an operator to say: ${message}`, () => (messages.includes(message) ? true : undefined));

/** Deletes a Service and waits until the leader has put it back. */
async function provoke(): Promise<void> {
  await sandbox.kubectl(['delete', 'service', 'chat-server']);
  await waitFor('the Service', () => sandbox.get('service', 'chat-server'));
}

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
});
afterAll(() => {
  for (const { child } of processes) child.kill('SIGKILL');
});

describe('GIVEN two operators of which one leads', () => {
  it('WHEN the leader is asked to stop THEN it exits with 0 within seconds, and the other leads at once', async () => {
    const first = await start();
    await said(first, 'Became leader');
    const second = await start();
    await said(second, 'Operator started');
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'False' });

    const asked = performance.now();
    first.child.kill('SIGTERM');
    const [code] = await once(first.child, 'exit');
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(first.messages).toContain('Released the lease');
    await said(second, 'Became leader');
    expect(performance.now() - asked).toBeLessThan(8_000);
    await provoke();
  });

  it('WHEN the leader is frozen for longer than its lease THEN another leads, and the frozen one writes no more', async () => {
    const [, frozen] = processes as [OperatorProcess, OperatorProcess];
    const heir = await start();
    await said(heir, 'Operator started');
    frozen.child.kill('SIGSTOP');
    await said(heir, 'Became leader');
    await provoke();

    const before = frozen.messages.length;
    frozen.child.kill('SIGCONT');
    await said(frozen, 'Lost the lease; writes have stopped');
    await provoke();
    expect(frozen.messages.slice(before).filter((message) => message.startsWith('Created'))).toEqual([]);
    expect(heir.messages).toContain('Created Service chat-server again after deletion');
  });
});

describe('GIVEN a kubeconfig that cannot be used', () => {
  it('WHEN the operator starts THEN it says why in a sentence and fails', async () => {
    const { child } = await start('/nonexistent/kubeconfig');
    let told = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(told).toBe(
      'tidegate: TG3002 /nonexistent/kubeconfig: There is no file /nonexistent/kubeconfig. ' +
        'Check the kubeconfig, its context and the connection.\n',
    );
  });
});
