import { describe, expect, it } from 'vitest';
import { command } from '../../cluster/command.ts';

/** Namespaces of its own for a scenario; who is not root gets them as a user who is root there alone. */
const NAMESPACES = [
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
];
const TIMEOUT = { timeout: 240_000 };

async function scenario(name: string): Promise<unknown> {
  const program = [process.execPath, 'test/integration/server/redis-pods/cli.ts', name];
  const printed = await command('unshare', [...NAMESPACES, '--', ...program]);
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}

/** Nobody loses the connection, misses anything or has anything twice. */
const UNNOTICED = { whole: [true, true], told: [[], []] };
/** Seconds from another primary to the next publication. */
const SOON = 10;
interface Delayed {
  readonly delayed: number;
}

/** What is rendered for an environment runs here, script by script, in pods that are no more than network namespaces. */
describe('GIVEN the Redis with Sentinels of an environment, and clients of two servers', () => {
  it(
    'WHEN the pod of the primary is lost THEN another delivers within ten seconds, and the pod follows it later',
    TIMEOUT,
    async () => {
      const { delayed, ...seen } = (await scenario('lost')) as Delayed;
      expect(delayed).toBeLessThan(SOON);
      expect(seen).toEqual({ ...UNNOTICED, role: 'slave' });
    },
  );

  it('WHEN the primary is evicted THEN it hands over, and nobody notices', TIMEOUT, async () => {
    const { delayed, ...seen } = (await scenario('evicted')) as Delayed;
    expect(delayed).toBeLessThan(SOON);
    expect(seen).toEqual(UNNOTICED);
  });

  it(
    'WHEN the container of the primary crashes THEN a replica that has all takes over',
    TIMEOUT,
    async () => {
      const { delayed, ...seen } = (await scenario('crashed')) as Delayed;
      expect(delayed).toBeLessThan(SOON);
      expect(seen).toEqual(UNNOTICED);
    },
  );

  it(
    'WHEN the primary is cut off THEN it refuses writes, and those before are not taken over',
    TIMEOUT,
    async () => {
      expect(await scenario('cut off')).toEqual({
        refusal: 'NOREPLICAS Not enough good replicas to write.',
        found: null,
      });
    },
  );

  it(
    'WHEN all pods are lost at once THEN the last primary is the primary again, with what it had',
    TIMEOUT,
    async () => {
      expect(await scenario('started together')).toEqual({ moved: true, same: true, kept: 'value' });
    },
  );

  it(
    'WHEN it has TLS THEN all speak it, and a renewed certificate is shown without a rollout',
    TIMEOUT,
    async () => {
      const { delayed, plain, ...seen } = (await scenario('over TLS')) as Delayed & { plain: string };
      expect(delayed).toBeLessThan(SOON);
      expect(plain).not.toContain('PONG');
      expect(seen).toEqual({ ...UNNOTICED, renewed: true, sentinel: true });
    },
  );
});
