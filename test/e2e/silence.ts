import { expect } from 'vitest';
import { waitFor } from '../cluster/wait-for.ts';
import { Client, type ProxyAddress } from './chat-client.ts';

/** Opens a socket through a proxy and says nothing for that long; then it still has to echo. */
export async function livesThroughSilence(proxy: ProxyAddress, host: string, seconds: number): Promise<void> {
  const client = await Client.open(proxy, host, '/ws');
  const silentUntil = performance.now() + seconds * 1000;
  await waitFor(
    'the silence to end',
    () => client.closed !== undefined || performance.now() >= silentUntil || undefined,
    { seconds: seconds + 10 },
  );
  expect(client.closed).toBeUndefined();
  client.send('still here');
  await client.event('the echo', ({ text }) => text === 'still here');
  await client.close();
}

/** Opens a socket through a proxy, says nothing, and tells after how many seconds it was cut, and with which code. */
export async function cutAfter(
  proxy: ProxyAddress,
  host: string,
  limitSeconds: number,
): Promise<{ readonly seconds: number; readonly code: number }> {
  const client = await Client.open(proxy, host, '/ws');
  const opened = performance.now();
  const { code } = await waitFor('the proxy to cut a silent socket', () => client.closed, {
    seconds: limitSeconds,
  });
  return { seconds: (performance.now() - opened) / 1000, code };
}
