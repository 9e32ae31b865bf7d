import { createInterface } from 'node:readline/promises';
import { TidegateError } from '../spec/index.ts';

/**
 * Has the name of an environment typed: a y comes too easily.
 *
 * @param purpose what it is typed for, as `to delete it`
 * @throws TidegateError TG6006 when it is not, or when nobody can be asked
 */
export async function confirm(name: string, purpose: string): Promise<void> {
  if (!process.stdin.isTTY) throw TidegateError.of('TG6006', name, 'Nobody can be asked here');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  terminal.once('close', () => left.abort());
  const question = `Type the name of the environment ${purpose}: `;
  const answer = await terminal.question(question, { signal: left.signal }).catch(() => '');
  terminal.close();
  if (answer.trim() === name) return;
  throw TidegateError.of('TG6006', name, 'Its name was not typed, and nothing is deleted');
}
