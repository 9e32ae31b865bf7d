import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiserverReady } from '../../cluster/control-plane/apiserver-ready.ts';
import { type Component, etcd, kubeApiserver } from '../../cluster/control-plane/components.ts';
import { freePorts } from '../../cluster/control-plane/free-ports.ts';
import { writeKubeconfig, writeTokens } from '../../cluster/control-plane/identities.ts';
import { writeServiceAccountKey } from '../../cluster/control-plane/service-account-key.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';
import { AuditLog } from './audit-log.ts';

/** An API server that can be killed and started again on the same port, with etcd behind it and no controllers. */
export interface RestartableApiServer {
  readonly kubeconfig: string;
  readonly audit: AuditLog;
  /** Kills it, starts it, and waits until it is ready again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param args more arguments of the API server */
export async function startApiServer(args: readonly string[] = []): Promise<RestartableApiServer> {
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-operator-'));
  const [etcdPort = 0, etcdPeer = 0, apiserver = 0] = await freePorts(3);
  const ports = { etcd: etcdPort, etcdPeer, apiserver };
  const layout = { directory, address: '127.0.0.1', ports };
  const tokens = writeTokens(directory);
  writeServiceAccountKey(directory);
  const audit = new AuditLog(directory);
  const server = kubeApiserver(layout, ['--endpoint-reconciler-type=none', ...audit.args, ...args]);
  const store = await start(etcd(layout), directory);
  let running = await start(server, directory);
  const ready = () => apiserverReady(layout, tokens.admin, () => undefined);
  const certificateAuthority = await ready();
  return {
    kubeconfig: writeKubeconfig(directory, 'admin', {
      server: `https://127.0.0.1:${apiserver}`,
      certificateAuthority,
      token: tokens.admin,
    }),
    audit,
    restart: async () => {
      await kill(running);
      running = await start(server, directory);
      await ready();
    },
    stop: async () => {
      await Promise.all([kill(running), kill(store)]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** It dies with this process, however that ends. */
async function start({ tool, args }: Component, directory: string): Promise<ChildProcess> {
  const program = await toolPath(tool);
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
    cwd: directory,
    stdio: 'ignore',
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
