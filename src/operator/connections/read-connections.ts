import { CONNECTIONS_METRIC } from '../../constructs/index.ts';

/** Metrics of a server are some 30 KB. */
const MOST_BYTES = 4 * 1024 * 1024;

const SERIES = new RegExp(`^${CONNECTIONS_METRIC}(?:\\{.*\\})? (\\d+)$`, 'gm');

/**
 * Asks a server how many clients are connected to it: the sum over its workers.
 *
 * @throws Error when it does not say
 */
export async function readConnections(url: string, timeoutMs: number): Promise<number> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { redirect: 'error', signal });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const counts = [...(await shortText(response.body)).matchAll(SERIES)].map(([, count]) => Number(count));
  if (counts.length === 0) throw new Error(`${url} does not tell of ${CONNECTIONS_METRIC}`);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whatever answers at a pod's address must not fill the memory. */
async function shortText(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > MOST_BYTES) throw new Error('The metrics are too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
