import type { IncomingMessage, ServerResponse } from 'node:http';
import { Session } from 'node:inspector/promises';
import { setTimeout } from 'node:timers/promises';

const MOST_SECONDS = 60;
/** Which protocol domain makes each profile, as Chrome's developer tools and speedscope read it. */
const PROFILES = {
  profile: { domain: 'Profiler', start: 'Profiler.start', stop: 'Profiler.stop', suffix: 'cpuprofile' },
  heap: {
    domain: 'HeapProfiler',
    start: 'HeapProfiler.startSampling',
    stop: 'HeapProfiler.stopSampling',
    suffix: 'heapprofile',
  },
} as const;

/**
 * Serves /debug/pprof/profile (where time goes) and /debug/pprof/heap (who allocated what is still in use), each of the next
 * `?seconds=10`. Both name functions and sizes, never values: a heap snapshot would hold tokens, so there is none. Only
 * who is on the machine itself is served, as through `kubectl port-forward`, and one at a time.
 */
export class Profiles {
  #busy = false;

  /** Answers a request, if it is for a profile. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const name = /^\/debug\/pprof\/(profile|heap)$/.exec(pathname)?.[1];
    if (name === undefined) return false;
    const seconds = Number(searchParams.get('seconds') ?? 10);
    if (!isLocal(request))
      refuse(response, 403, 'Profiles are served on loopback alone: use kubectl port-forward');
    else if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
      refuse(response, 400, `seconds must be above 0 and at most ${MOST_SECONDS}`);
    } else if (this.#busy) refuse(response, 409, 'Another profile is under way');
    else await this.#serve(name as keyof typeof PROFILES, seconds, response);
    return true;
  }

  async #serve(name: keyof typeof PROFILES, seconds: number, response: ServerResponse): Promise<void> {
    const { domain, start, stop, suffix } = PROFILES[name];
    const session = new Session();
    this.#busy = true;
    try {
      session.connect();
      await session.post(`${domain}.enable`);
      await session.post(start);
      await setTimeout(seconds * 1_000, undefined, { ref: false });
      const { profile } = (await session.post(stop)) as unknown as { readonly profile: object };
      response.setHeader('content-disposition', `attachment; filename="tidegate-operator.${suffix}"`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(profile));
    } finally {
      session.disconnect();
      this.#busy = false;
    }
  }
}

/** A sidecar's proxy comes from loopback too, but on behalf of a host with another name. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const from = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  const host = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(headers.host ?? '');
  return (from === '::1' || from.startsWith('127.')) && host && !forwarded;
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${why}\n`);
}
