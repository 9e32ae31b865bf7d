import { randomUUID } from 'node:crypto';
import type { Publication } from '../protocol/schema.ts';
import {
  type HistoryQuery,
  type Position,
  positionTtlSeconds,
  type Retention,
  type StreamPart,
} from './broker.ts';

/** The last publications of one channel in this process, as a ring: nothing moves when the oldest makes room. */
export class Stream {
  readonly epoch = randomUUID().slice(0, 8);
  #ring: Publication[] = [];
  /** How many publications the ring has room for. */
  #room = 0;
  #offset = 0;
  #count = 0;
  #expiresAt = 0;
  #forgottenAt = 0;

  get position(): Position {
    return { offset: this.#offset, epoch: this.epoch };
  }

  /** Whether not even the position is worth keeping; times are in milliseconds. */
  forgotten(now: number): boolean {
    return now >= this.#forgottenAt;
  }

  /** Puts off the time when the position is forgotten. */
  touch(retention: Retention, now: number): void {
    this.#forgottenAt = now + positionTtlSeconds(retention, this.#offset === 0) * 1_000;
  }

  append(publication: Publication, retention: Retention, now: number): Publication {
    this.expire(now);
    if (this.#room !== retention.size) this.#resize(retention.size);
    this.#offset += 1;
    this.touch(retention, now);
    const placed = { ...publication, offset: this.#offset };
    this.#ring[this.#offset % this.#room] = placed;
    this.#count = Math.min(this.#count + 1, this.#room);
    this.#expiresAt = now + retention.ttlSeconds * 1_000;
    return placed;
  }

  read({ since, limit = Number.POSITIVE_INFINITY, reverse = false }: HistoryQuery, now: number): StreamPart {
    this.expire(now);
    const oldest = this.#offset - this.#count + 1;
    const from = reverse ? oldest : Math.max(oldest, (since ?? 0) + 1);
    const to = reverse ? Math.min(this.#offset, (since ?? Number.POSITIVE_INFINITY) - 1) : this.#offset;
    const publications: Publication[] = [];
    const count = Math.min(limit, Math.max(0, to - from + 1));
    for (let index = 0; index < count; index += 1) {
      publications.push(this.#at(reverse ? to - index : from + index));
    }
    return { ...this.position, publications };
  }

  /** Drops the publications when their time is over. */
  expire(now: number): void {
    if (now >= this.#expiresAt) this.clear();
  }

  clear(): void {
    this.#ring = [];
    this.#room = 0;
    this.#count = 0;
  }

  #at(offset: number): Publication {
    return this.#ring[offset % this.#room] as Publication;
  }

  #resize(size: number): void {
    const kept = Array.from({ length: Math.min(size, this.#count) }, (_, index) =>
      this.#at(this.#offset - index),
    );
    this.#ring = [];
    this.#room = size;
    this.#count = kept.length;
    for (const publication of kept) this.#ring[(publication.offset ?? 0) % size] = publication;
  }
}
