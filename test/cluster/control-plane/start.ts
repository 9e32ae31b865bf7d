import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from '../tools/tool-path.ts';
import { frontProxyArgs, writeApiserverClient } from './apiserver-client.ts';
import { apiserverReady } from './apiserver-ready.ts';
import {
  type Component,
  type ControlPlaneLayout,
  etcd,
  kubeApiserver,
  kubeControllerManager,
} from './components.ts';
import { freePorts } from './free-ports.ts';
import { writeKubeconfig, writeTokens } from './identities.ts';
import { writeServiceAccountKey } from './service-account-key.ts';

export interface ControlPlane {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Kills it and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager as processes on free loopback ports: everything that needs no
 * pod. They die with this process, however it ends.
 */
export async function startControlPlane(): Promise<ControlPlane> {
  removeAbandoned();
  const directory = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const children: ChildProcess[] = [];
  const start = async (component: Component) => children.push(await spawnComponent(component, directory));
  const stop = async () => {
    await Promise.all(children.map(kill));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [etcdPort = 0, etcdPeer = 0, apiserver = 0] = await freePorts(3);
    const layout: ControlPlaneLayout = {
      directory,
      address: '127.0.0.1',
      ports: { etcd: etcdPort, etcdPeer, apiserver },
    };
    const tokens = writeTokens(directory);
    writeServiceAccountKey(directory);
    await writeApiserverClient(directory);
    await start(etcd(layout));
    // No endpoint can be made of a loopback address.
    await start(kubeApiserver(layout, ['--endpoint-reconciler-type=none', ...frontProxyArgs(directory)]));
    const certificateAuthority = await apiserverReady(layout, tokens.admin, () =>
      failure(children, directory),
    );
    const server = `https://127.0.0.1:${apiserver}`;
    const kubeconfigOf = (identity: keyof typeof tokens) =>
      writeKubeconfig(directory, identity, { server, certificateAuthority, token: tokens[identity] });
    await start(kubeControllerManager(layout, kubeconfigOf('system:kube-controller-manager')));
    return { kubeconfig: kubeconfigOf('admin'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const PREFIX = 'tidegate-control-plane-';

async function spawnComponent({ tool, args }: Component, directory: string): Promise<ChildProcess> {
  const log = openSync(join(directory, `${tool}.log`), 'a');
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', await toolPath(tool), ...args], {
    stdio: ['ignore', log, log],
    cwd: directory,
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** What a component that ended said last. */
function failure(children: readonly ChildProcess[], directory: string): Error | undefined {
  const ended = children.find((child) => child.exitCode !== null || child.signalCode !== null);
  if (ended === undefined) return undefined;
  const logs = readdirSync(directory).filter((name) => name.endsWith('.log'));
  const tails = logs.map(
    (name) => `${name}:\n${readFileSync(join(directory, name), 'utf8').split('\n').slice(-8).join('\n')}`,
  );
  return new Error(`${ended.spawnargs.join(' ')} ended\n${tails.join('\n')}`);
}

/** Removes the files of control planes whose process was killed before it could. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isInteger(owner) && !isAlive(owner)) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
