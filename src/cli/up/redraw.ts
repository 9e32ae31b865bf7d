import { clearScreenDown, moveCursor } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import type { Delivered, ObjectHealth } from '../../delivery/cluster/index.ts';
import { changes, deliveredLine, healthLines, type Progress } from './progress-lines.ts';

/** On a terminal: what is settled stays, and what is not ready stands below it and is drawn anew. */
export class Redraw implements Progress {
  readonly #terminal: WriteStream;
  readonly #changed = changes();
  #drawn = 0;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  delivered(one: Delivered): void {
    this.#draw([deliveredLine(one)], []);
  }

  health(objects: readonly ObjectHealth[]): void {
    const settled = this.#changed(objects).filter(({ state }) => state === 'ready');
    const open = objects.filter(({ state }) => state !== 'ready');
    const room = Math.max(1, (this.#terminal.rows ?? 24) - 1);
    this.#draw(settled.flatMap(healthLines), open.flatMap(healthLines).slice(0, room));
  }

  /** What is drawn last stays. */
  end(): void {
    this.#drawn = 0;
  }

  #draw(settled: readonly string[], open: readonly string[]): void {
    moveCursor(this.#terminal, 0, -this.#drawn);
    clearScreenDown(this.#terminal);
    for (const line of [...settled, ...open.map((line) => this.#short(line))])
      this.#terminal.write(`${line}\n`);
    this.#drawn = open.length;
  }

  /** A line that wraps would be two to move over. */
  #short(line: string): string {
    const width = this.#terminal.columns ?? 80;
    const plain = stripVTControlCharacters(line);
    return plain.length < width ? line : `${plain.slice(0, width - 2)}…`;
  }
}
