import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { DependencyScope, dependency } from '../../../src/server/app/dependency.ts';
import { LazyDatabase } from '../../../src/server/store/lazy-database.ts';
import { Settings } from '../../../src/spec/settings.ts';

const root = (lines: string[] = []) =>
  new DependencyScope({
    settings: Settings.parse({}),
    log: pino({}, { write: (line: string) => void lines.push(JSON.parse(line).msg) }),
    database: new LazyDatabase(() => Promise.reject(new Error('There is none'))),
    exchange: undefined,
    background: () => {},
  });

describe('GIVEN a scope', () => {
  it('WHEN it closes THEN what was opened is closed in reverse order, whatever fails', async () => {
    const steps: string[] = [];
    const lines: string[] = [];
    const base = dependency({
      name: 'base',
      scope: 'application',
      open: () => 1,
      close: () => void steps.push('base'),
    });
    const broken = dependency({
      name: 'broken',
      scope: 'application',
      open: async ({ use }) => (await use(base)) + 1,
      close: () => {
        steps.push('broken');
        throw new Error('It will not close');
      },
    });
    const scope = root(lines);
    expect(await scope.use(broken)).toBe(2);
    await scope.close();
    await scope.close();
    expect([steps, lines]).toEqual([['broken', 'base'], ['A dependency could not be closed']]);
  });

  it('WHEN several ask at once THEN it is opened once; WHEN that fails THEN the next one tries again', async () => {
    let attempts = 0;
    const flaky = dependency({
      name: 'flaky',
      scope: 'application',
      open: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('not yet');
        return attempts;
      },
    });
    const scope = root();
    const first = await Promise.allSettled([scope.use(flaky), scope.use(flaky)]);
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await Promise.all([scope.use(flaky), scope.use(flaky)])).toEqual([2, 2]);
  });

  it('WHEN the application asks for what lives shorter THEN it is told', async () => {
    const short = dependency({ name: 'short', scope: 'request', open: () => 1 });
    await expect(root().use(short)).rejects.toThrow(
      'short lives as long as a request, and is asked for by the application',
    );
  });

  it('WHEN a client scope opens THEN each dependency lives in the scope it names', async () => {
    let opened = 0;
    const open = () => {
      opened += 1;
      return opened;
    };
    const [long, middle, short] = (['application', 'connection', 'request'] as const).map((scope) =>
      dependency({ name: scope, scope, open }),
    ) as [
      ReturnType<typeof dependency<number>>,
      ReturnType<typeof dependency<number>>,
      ReturnType<typeof dependency<number>>,
    ];
    const application = root();
    const connection = application.child('connection', {});
    const use = async (scope: DependencyScope) => [
      await scope.use(long),
      await scope.use(middle),
      await scope.use(short),
    ];
    expect(await use(connection.child('request', {}))).toEqual([1, 2, 3]);
    expect(await use(connection.child('request', {}))).toEqual([1, 2, 4]);
    expect(await use(application.child('connection', {}))).toEqual([1, 5, 6]);
  });
});
