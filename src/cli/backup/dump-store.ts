import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { S3mini } from 's3mini';
import { fetch } from 'undici';
import { TidegateError } from '../../spec/index.ts';
import { checksumKey, dumpKey, surplus, wholeDumps } from './dump-key.ts';

export interface DumpStoreOptions {
  /** URL of the object store. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Path in the bucket that the dumps are under. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Least size of a part, in bytes; 16 MiB by default. */
  readonly partBytes?: number;
}

const PART_BYTES = 16 * 1024 ** 2;
/** An object has at most 10,000 parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;
const DUMP_TYPE = 'application/octet-stream';

/** Dumps of one environment in an object store, each with its checksum beside it. */
export class DumpStore {
  readonly #s3: S3mini;
  readonly #options: DumpStoreOptions;

  constructor(options: DumpStoreOptions) {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = options;
    this.#options = options;
    this.#s3 = new S3mini({
      endpoint: `${endpoint}/${bucket}`,
      region,
      accessKeyId,
      secretAccessKey,
      // That of Node 24 ends the process when a connection ends while the disk is behind: nodejs/undici#5360.
      fetch: fetch as unknown as typeof globalThis.fetch,
    });
  }

  /**
   * Uploads a dump as the one of a time.
   *
   * @returns its key
   * @throws TidegateError TG1463 when the store cannot be reached or refuses
   */
  async upload(file: string, at: Date): Promise<string> {
    const key = dumpKey(this.#options.prefix, at);
    return this.#asked(async () => {
      const digest = await this.#put(file, key);
      const line = `${digest}  ${basename(key)}\n`;
      await this.#s3.putObject(checksumKey(key), line, 'text/plain');
      return key;
    });
  }

  /** Keys of the dumps that are whole, the newest first. @throws TidegateError TG1463 */
  async list(): Promise<readonly string[]> {
    return wholeDumps(this.#options.prefix, await this.#keys());
  }

  /** Deletes all but the newest dumps. @returns the keys that went. @throws TidegateError TG1463 */
  async prune(keep: number): Promise<readonly string[]> {
    const old = surplus(this.#options.prefix, await this.#keys(), keep);
    for (const key of old) await this.#asked(() => this.#s3.deleteObject(key));
    return old;
  }

  /**
   * Downloads a dump and checks it. The file is there only when the dump is whole and as it was uploaded.
   *
   * @param name file name of the dump; the newest one by default
   * @returns its key
   * @throws TidegateError TG1463, TG1464 when there is none, TG1465 when it is damaged
   */
  async download(name: string | undefined, file: string): Promise<string> {
    const dumps = await this.list();
    const key = name === undefined ? dumps[0] : dumps.find((one) => basename(one) === name);
    if (key === undefined) {
      throw TidegateError.of(
        'TG1464',
        this.#place,
        name === undefined ? 'There is no dump' : `${name} is not there`,
      );
    }
    const unfinished = `${file}.part`;
    try {
      const expected = await this.#asked(() => this.#s3.getObject(checksumKey(key)));
      await this.#asked(async () => {
        const response = await this.#s3.getObjectResponse(key);
        if (response?.body == null) throw new Error('The dump has gone');
        const content = Readable.fromWeb(response.body as ReadableStream);
        // For nobody else to read.
        await pipeline(content, createWriteStream(unfinished, { mode: 0o600 }));
      });
      const digest = await digestOf(unfinished);
      if (expected?.split(' ')[0] !== digest) {
        throw TidegateError.of('TG1465', `${this.#options.bucket}/${key}`, 'Its checksum is another');
      }
      await rename(unfinished, file);
      return key;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  get #place(): string {
    return `${this.#options.bucket}/${this.#options.prefix}`;
  }

  async #keys(): Promise<readonly string[]> {
    return this.#asked(async () => {
      const objects = await this.#s3.listObjects('/', `${this.#options.prefix}/`);
      if (objects === null) throw new Error('NoSuchBucket');
      return objects.map(({ Key }) => Key);
    });
  }

  /** Uploads a file in parts, and tells its digest. */
  async #put(path: string, key: string): Promise<string> {
    const file = await open(path);
    const hash = createHash('sha256');
    const upload = await this.#s3.getMultipartUploadId(key, DUMP_TYPE);
    try {
      const { size } = await file.stat();
      const partBytes = Math.max(this.#options.partBytes ?? PART_BYTES, Math.ceil(size / MOST_PARTS));
      const parts: Awaited<ReturnType<S3mini['uploadPart']>>[] = [];
      for (let sent = 0; sent < size || parts.length === 0; ) {
        const part = Buffer.alloc(Math.min(partBytes, size - sent));
        const { bytesRead } = await file.read(part, 0, part.length, sent);
        if (bytesRead < part.length) throw new Error(`${path} became shorter`);
        hash.update(part);
        parts.push(await this.#s3.uploadPart(key, upload, part, parts.length + 1));
        sent += bytesRead;
      }
      await this.#s3.completeMultipartUpload(key, upload, parts);
      return hash.digest('hex');
    } catch (error) {
      await this.#s3.abortMultipartUpload(key, upload).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Says in a sentence what the store answered. It is given no credential to repeat. */
  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof TidegateError) throw error;
      const { message, cause, serviceCode } = error as Error & { serviceCode?: string };
      const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
      throw TidegateError.of('TG1463', this.#place, `${this.#options.endpoint}: ${serviceCode ?? why}`);
    }
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
