import { describe, expect, it } from 'vitest';
import { sizeProxy } from '../../../src/proxy/sizing.ts';
import { Settings } from '../../../src/spec/index.ts';

const size = (settings: object, upstreams = ['127.0.0.1:8000']) =>
  sizeProxy(Settings.parse(settings), { upstreams });

describe('GIVEN the settings of servers', () => {
  it('WHEN they are the defaults THEN three pings and a margin fit into the timeout of sockets', () => {
    expect(size({})).toEqual({
      socketTimeoutSeconds: 62,
      httpTimeoutSeconds: 60,
      workerConnections: 21_024,
      openFiles: 22_048,
    });
  });

  it.each([
    [1, 5],
    [600, 1_802],
  ])(
    'WHEN clients are pinged every %d s THEN a silent socket is cut after %d s',
    (intervalSeconds, timeout) => {
      expect(size({ ping: { intervalSeconds } }).socketTimeoutSeconds).toBe(timeout);
    },
  );

  it('WHEN there are several servers THEN one worker can hold the sockets of all', () => {
    const three = ['a:1', 'b:1', 'c:1'];
    expect(size({ limits: { connections: 500 } }, three).workerConnections).toBe(2 * 1_500 + 1_024);
  });

  it('WHEN more is asked for than one process may open THEN it stays below that', () => {
    expect(size({ limits: { connections: 1_000_000 } })).toMatchObject({
      workerConnections: 524_288,
      openFiles: 525_312,
    });
  });
});
