import { basename } from 'node:path';

/**
 * An error of somebody else's module in one sentence, with the line it comes from: the stack of a syntax error in TypeScript
 * begins with its place, others name the file. What Node and packages do on the way is passed over.
 */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = error.message.split('\n').find((text) => text.trim() !== '') ?? error.name;
  const places = (error.stack ?? '').matchAll(/(?:^|file:\/\/|\(|at )(\/[^\s:()]+):(\d+)/gm);
  const [, file, line] = [...places].find(([, path = '']) => !path.includes('/node_modules/')) ?? [];
  const at = file === undefined ? '' : ` (${basename(file)}:${line})`;
  return `${error.name}: ${reason.replace(/\.$/, '')}${at}`;
}
