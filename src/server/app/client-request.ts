import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { User } from '../auth/user.ts';
import type { UserSession } from '../auth/user-session.ts';
import type { Trace } from '../observability/trace-context.ts';
import type { AddBackground, Background, BackgroundLine } from '../tasks/background.ts';
import type { Dependency, DependencyScope } from './dependency.ts';
import type { HandshakeSchemas, Request } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { type ErrorDetail, HttpError } from './http-error.ts';

const UNPROCESSABLE = 422;
const NO_QUERY: Readonly<Record<string, string>> = Object.freeze({});

interface ClientRequestOptions {
  readonly exchange: Exchange;
  readonly params: Readonly<Record<string, string>>;
  /** The query as it came, without its question mark. */
  readonly search: string;
  readonly schemas: HandshakeSchemas;
  readonly session: Pick<UserSession, 'refresh'>;
  /** What all requests share: the scope of the application, and its background work. */
  readonly shared: { readonly scope: DependencyScope; readonly background: Background };
}

/** A handshake as its handler sees it. What a handler does not ask for is not made: there is one for each client. */
export class ClientRequest implements Request {
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly #options: ClientRequestOptions;
  #query: Readonly<Record<string, string>> | undefined;
  #cookies: Readonly<Record<string, string>> | undefined;
  #line: BackgroundLine | undefined;
  #scope: DependencyScope | undefined;

  /** @throws HttpError 422 when something does not fit its schema; each detail names the parameter */
  constructor(options: ClientRequestOptions) {
    const { exchange, params, schemas } = options;
    this.#options = options;
    const details: ErrorDetail[] = [];
    this.params = checked('params', schemas, params, details);
    if (schemas.query !== undefined) this.#query = checked('query', schemas, this.query, details);
    this.headers = checked('headers', schemas, exchange.headers, details);
    if (schemas.cookies !== undefined) this.#cookies = checked('cookies', schemas, this.cookies, details);
    if (details.length === 0) return;
    const [{ path, reason } = { path: '', reason: '' }] = details;
    throw new HttpError(UNPROCESSABLE, `${path}: ${reason}`, { details, check: 'parameters' });
  }

  get id(): string {
    return this.#options.exchange.id;
  }

  get ip(): string {
    return this.#options.exchange.ip;
  }

  get user(): User | undefined {
    return this.#options.exchange.user;
  }

  get trace(): Trace {
    return this.#options.exchange.trace;
  }

  get log(): Logger {
    return this.#options.exchange.log;
  }

  get query(): Readonly<Record<string, string>> {
    const { search, schemas } = this.#options;
    if (this.#query !== undefined) return this.#query;
    if (search === '' && schemas.query === undefined) return NO_QUERY;
    this.#query = textsOf(new URLSearchParams(search), schemas.query !== undefined);
    return this.#query;
  }

  get cookies(): Readonly<Record<string, string>> {
    this.#cookies ??= parseCookie(this.#options.exchange.headers.cookie ?? '') as Record<string, string>;
    return this.#cookies;
  }

  get background(): AddBackground {
    this.#line ??= this.#options.shared.background.line(this);
    return this.#line.add;
  }

  use<T>(dependency: Dependency<T>): Promise<T> {
    const { shared, exchange } = this.#options;
    this.#scope ??= shared.scope.child('connection', { exchange, background: this.background });
    return this.#scope.use(dependency);
  }

  refresh(token: string): Promise<User> {
    return this.#options.session.refresh(token);
  }

  /** Ends what the handler has asked for, once it has returned. */
  end(): void {
    const [line, scope] = [this.#line, this.#scope];
    if (line !== undefined) void line.release().then(() => scope?.close());
    else void scope?.close();
  }
}

function checked<T>(
  name: keyof HandshakeSchemas,
  schemas: HandshakeSchemas,
  given: T,
  details: ErrorDetail[],
): T {
  const result = (schemas[name] as z.ZodType<T> | undefined)?.safeParse(given);
  if (result === undefined || result.success) return result === undefined ? given : result.data;
  for (const { path, message } of result.error.issues) {
    details.push({ path: [name, ...path].join('.'), reason: message });
  }
  return given;
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
