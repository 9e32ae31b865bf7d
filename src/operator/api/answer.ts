import type { IncomingMessage } from 'node:http';
import { ConnectionError } from './connection-error.ts';

/** The text of an answer, as it comes. */
export async function* textsOf(response: IncomingMessage): AsyncGenerator<string, void> {
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) yield chunk;
  } catch (error) {
    throw broken(error);
  }
}

/** The whole text of an answer. */
export async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of textsOf(response)) text += chunk;
  return text;
}

/** The lines of an answer, parsed, as they come. */
export async function* linesOf<T>(response: IncomingMessage): AsyncGenerator<T, void> {
  let rest = '';
  for await (const chunk of textsOf(response)) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line !== '') yield parsed<T>(line);
  }
  if (rest !== '') throw new ConnectionError('The connection ended in the middle of a line');
}

export function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new ConnectionError('The answer is not JSON', { cause: error });
  }
}

/** What went wrong with a connection, in one form. */
export function broken(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { message } = error as Error;
  // Node's whole sentence for an answer that breaks off.
  return new ConnectionError(message === 'aborted' ? 'The connection broke' : message, { cause: error });
}
