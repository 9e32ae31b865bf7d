import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Api } from '../api/api-client.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { EVENT, pathOf } from '../kinds.ts';

export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  /** One word for programs. */
  readonly reason: string;
  /** What was done, in one word. */
  readonly action: string;
  /** A sentence for people: capital letter, past tense, no full stop. */
  readonly note: string;
}

/** Within this time an event that repeats is counted up; after it, it is written anew. */
const SERIES_MS = 600_000;
const MOST_REMEMBERED = 4_096;
const LONGEST_NOTE = 1_024;
/** Events are told on the side: a reconciliation does not wait for them for long. */
const DEADLINE_MS = 2_000;
/** Namespace of events about what is in no namespace. */
const CLUSTER = 'default';

interface Series {
  readonly name: string;
  readonly since: number;
  count: number;
}

/** Writes Kubernetes Events, each sentence once. An event that cannot be written is no reason to stop. */
export class EventRecorder {
  readonly #identity: string;
  readonly #controller: string;
  readonly #series = new Map<string, Series>();

  /** @param identity name of this process */
  constructor(identity: string, controller = 'tidegate.dev/operator') {
    this.#identity = identity;
    this.#controller = controller;
  }

  async record(api: Api, about: KubeObject, event: EventNote, log: Logger): Promise<void> {
    const note = event.note.length > LONGEST_NOTE ? `${event.note.slice(0, LONGEST_NOTE - 1)}…` : event.note;
    log.info({ event: event.reason }, note);
    const key = JSON.stringify([about.metadata.uid, event.reason, note]);
    const series = this.#series.get(key);
    try {
      if (series !== undefined && performance.now() - series.since < SERIES_MS) {
        await this.#count(api, about, series);
      } else {
        await this.#write(api, about, { ...event, note }, key);
      }
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'Could not write an event');
    }
  }

  async #write(api: Api, about: KubeObject, event: EventNote, key: string): Promise<void> {
    const { name, namespace, uid, resourceVersion } = about.metadata;
    const series = { name: `${name}.${randomBytes(8).toString('hex')}`, since: performance.now(), count: 1 };
    await api.json({
      method: 'POST',
      path: pathOf(EVENT, namespace ?? CLUSTER),
      deadlineMs: DEADLINE_MS,
      body: {
        apiVersion: EVENT.apiVersion,
        kind: EVENT.kind,
        metadata: { name: series.name, namespace: namespace ?? CLUSTER },
        eventTime: now(),
        reportingController: this.#controller,
        reportingInstance: this.#identity,
        regarding: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
        ...event,
      },
    });
    this.#series.delete(key);
    this.#series.set(key, series);
    const oldest = this.#series.keys().next().value;
    if (this.#series.size > MOST_REMEMBERED && oldest !== undefined) this.#series.delete(oldest);
  }

  async #count(api: Api, about: KubeObject, series: Series): Promise<void> {
    series.count += 1;
    await api.json({
      method: 'PATCH',
      path: pathOf(EVENT, about.metadata.namespace ?? CLUSTER, series.name),
      deadlineMs: DEADLINE_MS,
      contentType: 'application/merge-patch+json',
      body: { series: { count: series.count, lastObservedTime: now() } },
    });
  }
}

/** Event times have six digits after the second. */
function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
