import { basename } from 'node:path';
import { restoreJob } from '../../constructs/index.ts';
import { readEnvironments } from '../../delivery/environment-files.ts';
import { kubernetesYaml } from '../../delivery/kubernetes-yaml.ts';
import { TidegateError } from '../../spec/index.ts';
import { DumpStore } from '../backup/dump-store.ts';

export interface StoreOptions {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
}

/** `tidegate backup upload`: keeps a dump, and deletes those that are too old. */
export async function upload(
  file: string,
  { keep, ...options }: StoreOptions & { readonly keep?: number },
): Promise<void> {
  const store = storeOf(options);
  console.log(`uploaded ${await store.upload(file, new Date())}`);
  if (keep === undefined) return;
  for (const key of await store.prune(keep)) console.log(`deleted ${key}`);
}

/** `tidegate backup list`: the dumps, the newest first. */
export async function list(options: StoreOptions & { readonly output: 'text' | 'json' }): Promise<void> {
  const names = (await storeOf(options).list()).map((key) => basename(key));
  if (options.output === 'json') console.log(JSON.stringify({ dumps: names }, null, 2));
  else for (const name of names) console.log(name);
}

/** `tidegate backup download`: fetches a dump and checks it. */
export async function download(
  file: string,
  { dump, ...options }: StoreOptions & { readonly dump?: string },
): Promise<void> {
  console.log(`downloaded ${await storeOf(options).download(dump, file)}`);
}

/** `tidegate backup restore-job`: prints the Job that puts a dump in the place of the database. */
export function printRestoreJob(file: string, { dump }: { readonly dump?: string }): void {
  const environments = readEnvironments([file]);
  process.stdout.write(environments.map((one) => kubernetesYaml(restoreJob(one, dump))).join('---\n'));
}

function storeOf(options: StoreOptions): DumpStore {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (!accessKeyId || !secretAccessKey) {
    throw TidegateError.of('TG1466', '', 'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set');
  }
  return new DumpStore({ ...options, accessKeyId, secretAccessKey });
}
