import type { Writable } from 'node:stream';
import * as ws from 'ws';

/** Reads frames as the `ws` package does, whose types leave it out. */
export const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };
