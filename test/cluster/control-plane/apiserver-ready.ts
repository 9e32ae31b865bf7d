import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { waitFor } from '../wait-for.ts';
import type { ControlPlaneLayout } from './components.ts';

/** Waits until the API server says it is ready; returns its certificates as a bundle to trust. */
export async function apiserverReady(
  { directory, address, ports }: ControlPlaneLayout,
  token: string,
  failure: () => Error | undefined,
): Promise<string> {
  const certificate = join(directory, 'certificates', 'apiserver.crt');
  let failed: Error | undefined;
  const ca = await waitFor('kube-apiserver to be ready', async () => {
    failed = failure();
    if (failed !== undefined) return '';
    if (!existsSync(certificate)) return undefined;
    const bundle = readFileSync(certificate, 'utf8');
    const status = await readyz({ host: address, port: ports.apiserver, ca: bundle, token });
    return status === 200 ? bundle : undefined;
  });
  if (failed !== undefined) throw failed;
  return ca;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly token: string;
}

function readyz({ host, port, ca, token }: Target): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const signal = AbortSignal.timeout(5000);
    request({ host, port, ca, headers, path: '/readyz', agent: false, signal }, (response) => {
      response
        .resume()
        .on('end', () => resolve(response.statusCode ?? 0))
        .on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}
