import { styleText } from 'node:util';
import type { Delivered, ObjectHealth } from '../../delivery/cluster/index.ts';
import { painted } from '../signs.ts';

/** Tells how a delivery goes. */
export interface Progress {
  delivered(one: Delivered): void;
  /** How all objects do now; what is as it was is not told again. */
  health(objects: readonly ObjectHealth[]): void;
  /** Nothing more is told. */
  end(): void;
}

const SIGNS = { created: '+', changed: '~', deleted: '-', missing: '!', awaited: ' ' } as const;

/** What became of an object, with its sign. */
export function deliveredLine({ object: { kind, metadata }, did }: Delivered): string {
  const line = `${SIGNS[did]} ${kind} ${metadata.name}`;
  if (did === 'missing') return `${line} is not there; somebody else has to create it`;
  if (did === 'awaited') return `${line} has to end first`;
  return painted(SIGNS[did], line, process.stderr);
}

const COLOURS = { ready: 'green', waiting: 'yellow', stuck: 'red' } as const;

/** How an object does, and what to do about it. */
export function healthLines({
  kind,
  name,
  state,
  reason,
  remedy,
  log = [],
}: ObjectHealth): readonly string[] {
  const word = styleText(COLOURS[state], state.padEnd(7), { stream: process.stderr });
  return [
    `${word}  ${kind} ${name}: ${reason}`,
    ...log.map((line) => `           | ${line}`),
    ...(remedy === '' ? [] : [`         ${remedy}`]),
  ];
}

/** Remembers how objects did, and gives those that do otherwise; what is ready at first sight is no news. */
export function changes(): (objects: readonly ObjectHealth[]) => readonly ObjectHealth[] {
  const before = new Map<string, string>();
  return (objects) =>
    objects.filter((object) => {
      const [key, now] = [`${object.kind} ${object.name}`, JSON.stringify(object)];
      const isNews = before.get(key) !== now && (before.has(key) || object.state !== 'ready');
      before.set(key, now);
      return isNews;
    });
}
