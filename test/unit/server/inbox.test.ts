import { describe, expect, it } from 'vitest';
import { Inbox } from '../../../src/server/transport/inbox.ts';

function inboxOf() {
  const calls: string[] = [];
  const inbox = new Inbox({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
  return { inbox, calls };
}

describe('GIVEN an inbox', () => {
  it('WHEN texts come before and after they are asked for THEN they are read in order', async () => {
    const { inbox } = inboxOf();
    inbox.push('one');
    const reads = [inbox.next(), inbox.next(), inbox.next()];
    inbox.push('two');
    inbox.push('');
    expect(await Promise.all(reads)).toEqual(['one', 'two', ''].map((value) => ({ value, done: false })));
  });

  it('WHEN it ends THEN what waits is read first, and then nothing', async () => {
    const { inbox } = inboxOf();
    inbox.push('last');
    inbox.end();
    const end = { value: undefined, done: true };
    expect([await inbox.next(), await inbox.next(), await inbox.next()]).toEqual([
      { value: 'last', done: false },
      end,
      end,
    ]);
  });

  it('WHEN it ends while someone waits THEN the wait is over', async () => {
    const { inbox } = inboxOf();
    const read = inbox.next();
    inbox.end();
    expect(await read).toEqual({ value: undefined, done: true });
  });

  it('WHEN the handler does not keep up THEN the socket is paused once, and read again when all is done', async () => {
    const { inbox, calls } = inboxOf();
    for (let count = 0; count < 300; count += 1) inbox.push(String(count));
    expect([inbox.paused, calls]).toEqual([true, ['pause']]);
    for (let count = 0; count < 299; count += 1) await inbox.next();
    expect(calls).toEqual(['pause']);
    expect(await inbox.next()).toEqual({ value: '299', done: false });
    expect([inbox.paused, calls]).toEqual([false, ['pause', 'resume']]);
  });
});
