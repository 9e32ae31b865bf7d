import { readFileSync } from 'node:fs';
import { TidegateError } from '../../spec/index.ts';

export interface TokenOptions {
  readonly token?: string;
  readonly tokenFile?: string;
}

const SCHEMES: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:' };

/**
 * The address to connect to, with the token as its parameter `token`.
 *
 * @throws TidegateError when it is no address of a WebSocket, or the token cannot be read
 */
export function addressOf(text: string, options: TokenOptions): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const protocol = SCHEMES[url?.protocol ?? ''] ?? url?.protocol;
  if (url === undefined || (protocol !== 'ws:' && protocol !== 'wss:')) {
    throw TidegateError.of('TG1003', 'url', 'It must begin with ws://, wss://, http:// or https://');
  }
  url.protocol = protocol;
  url.hash = '';
  const token = options.tokenFile === undefined ? options.token : readToken(options.tokenFile);
  if (token !== undefined) url.searchParams.set('token', token);
  return url.href;
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw TidegateError.of('TG1006', file, `The token cannot be read (${code})`);
  }
}
