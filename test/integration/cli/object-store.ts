import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from '../../cluster/tools/tool-path.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { ended, freePort } from '../server/stores/store-process.ts';

export interface ObjectStoreProcess {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Path of an object's file. */
  fileOf(key: string): string;
  remove(): Promise<void>;
}

/** A gateway of S3 over a directory, with one bucket. */
export async function objectStore(): Promise<ObjectStoreProcess> {
  const program = await toolPath('versitygw');
  const port = await freePort();
  const home = await mkdtemp(join(tmpdir(), 'tidegate-object-store-'));
  const [root, sidecar, bucket] = [join(home, 'root'), join(home, 'sidecar'), 'backups'];
  await mkdir(join(root, bucket), { recursive: true });
  await mkdir(sidecar);
  const [accessKeyId, secretAccessKey] = ['tester', 'not-so-secret-in-tests'];
  const endpoint = `http://127.0.0.1:${port}`;
  const options = ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', sidecar, root];
  const env = { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey };
  const child = spawn(program, options, { stdio: 'ignore', env });
  await waitFor('the object store to answer', async () => {
    const answer = await fetch(endpoint).catch(() => undefined);
    return answer?.status === 403 || undefined;
  });
  return {
    endpoint,
    bucket,
    accessKeyId,
    secretAccessKey,
    fileOf: (key) => join(root, bucket, key),
    async remove() {
      child.kill('SIGKILL');
      await ended(child);
      await rm(home, { recursive: true, force: true });
    },
  };
}
