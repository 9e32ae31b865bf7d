import http from 'node:http';
import https from 'node:https';

/** Connections of requests at a time; each costs both sides memory. */
const MOST_REQUESTS = 24;

/** Agents for one purpose, by protocol. */
export interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
}

/**
 * Connections to an API server that are kept. What is watched is held for long and must not wait; the rest has turns. TLS
 * options go with each request instead of the agent, so that rotated certificates are picked up.
 */
export class Connections {
  readonly watches = agents();
  readonly requests = agents({ maxSockets: MOST_REQUESTS });

  /** Closes those that are idle: they are as dead as one that turned out to be, and each would cost another wait. */
  dropIdle(): void {
    for (const { freeSockets } of this.#all()) {
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
    }
  }

  close(): void {
    for (const agent of this.#all()) agent.destroy();
  }

  #all(): readonly http.Agent[] {
    return [this.watches, this.requests].flatMap((pair) => Object.values(pair));
  }
}

function agents(options: http.AgentOptions = {}): Agents {
  const all = { keepAlive: true, ...options };
  return { 'http:': new http.Agent(all), 'https:': new https.Agent(all) };
}
