import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { User } from '../auth/user.ts';
import type { AddBackground } from '../tasks/background.ts';
import type { Dependency, DependencyScope } from './dependency.ts';
import type { HandshakeSchemas, Request } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { type ErrorDetail, HttpError } from './http-error.ts';

const UNPROCESSABLE = 422;

interface ClientRequestOptions {
  readonly exchange: Exchange;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly schemas: HandshakeSchemas;
  readonly scope: DependencyScope;
  readonly background: AddBackground;
  readonly refresh: (token: string) => Promise<User>;
}

/** A handshake as its handler sees it. */
export class ClientRequest implements Request {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly cookies: Readonly<Record<string, string>>;
  readonly background: AddBackground;
  readonly refresh: (token: string) => Promise<User>;
  readonly #exchange: Exchange;
  readonly #scope: DependencyScope;

  /** @throws HttpError 422 when something does not fit its schema; each detail names the parameter */
  constructor({ exchange, params, query, schemas, scope, background, refresh }: ClientRequestOptions) {
    this.background = background;
    this.refresh = refresh;
    this.#exchange = exchange;
    this.#scope = scope;
    const details: ErrorDetail[] = [];
    const checked = <T>(name: keyof HandshakeSchemas, given: T): T => {
      const result = (schemas[name] as z.ZodType<T> | undefined)?.safeParse(given);
      if (result === undefined || result.success) return result === undefined ? given : result.data;
      for (const { path, message } of result.error.issues) {
        details.push({ path: [name, ...path].join('.'), reason: message });
      }
      return given;
    };
    this.params = checked('params', params);
    this.query = checked('query', textsOf(query, schemas.query !== undefined));
    this.headers = checked('headers', exchange.headers);
    this.cookies = checked('cookies', parseCookie(exchange.headers.cookie ?? '') as Record<string, string>);
    if (details.length === 0) return;
    const [{ path, reason } = { path: '', reason: '' }] = details;
    throw new HttpError(UNPROCESSABLE, `${path}: ${reason}`, { details, check: 'parameters' });
  }

  get id(): string {
    return this.#exchange.id;
  }

  get ip(): string {
    return this.#exchange.ip;
  }

  get user(): User | undefined {
    return this.#exchange.user;
  }

  get log(): Logger {
    return this.#exchange.log;
  }

  use<T>(dependency: Dependency<T>): Promise<T> {
    return this.#scope.use(dependency);
  }
}

/** The first value of each name; with `repeated`, all values of a name that is there more than once. */
function textsOf(query: URLSearchParams, repeated: boolean): Record<string, string> {
  const texts: Record<string, string | string[]> = {};
  for (const name of query.keys()) {
    const all = query.getAll(name);
    texts[name] = repeated && all.length > 1 ? all : (all[0] ?? '');
  }
  return texts as Record<string, string>;
}
