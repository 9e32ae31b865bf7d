import type { Interface } from 'node:readline';
import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';

/** What happens on a connection, as `-o json` tells it. */
export type ConnectionEvent =
  | { readonly event: 'open'; readonly protocol: string }
  | { readonly event: 'message'; readonly data: string }
  | { readonly event: 'binary'; readonly base64: string }
  | {
      readonly event: 'reconnecting';
      readonly code: number;
      readonly reason: string;
      readonly delayMs: number;
    }
  | { readonly event: 'close'; readonly code: number; readonly reason: string };

export type PrintEvent = (event: ConnectionEvent) => void;

/** An event a line. */
export const printJson: PrintEvent = (event) => console.log(JSON.stringify(event));

/** Messages alone on standard output, so that they can be piped on; all else on standard error. */
export const printText: PrintEvent = (event) => {
  if (event.event === 'message') console.log(event.data);
  else if (event.event === 'binary') console.log(event.base64);
  else console.error(styleText('dim', sentenceOf(event), { stream: process.stderr }));
};

/** The same for somebody who types at the same time: what is typed so far stays the last line. */
export function printBeside(terminal: Interface): PrintEvent {
  return (event) => {
    clearLine(process.stdout, 0);
    cursorTo(process.stdout, 0);
    printText(event);
    if (event.event !== 'close') terminal.prompt(true);
  };
}

function sentenceOf(event: Exclude<ConnectionEvent, { event: 'message' | 'binary' }>): string {
  switch (event.event) {
    case 'open':
      return event.protocol === '' ? 'Connected' : `Connected with ${event.protocol}`;
    case 'reconnecting':
      return `Lost with ${closeOf(event)}; next try in ${Math.round(event.delayMs)} ms`;
    case 'close':
      return `Closed with ${closeOf(event)}`;
  }
}

function closeOf({ code, reason }: { readonly code: number; readonly reason: string }): string {
  return reason === '' ? String(code) : `${code} ${reason}`;
}
