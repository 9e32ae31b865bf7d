import { centrifugo } from './contenders/centrifugo/centrifugo.ts';
import { socketIo } from './contenders/socket-io/socket-io.ts';
import { tidegate, tidegateChannels } from './contenders/tidegate/tidegate.ts';
import { uvicorn } from './contenders/uvicorn/uvicorn.ts';
import { plainWs } from './contenders/ws/ws.ts';

/** What is measured, by the order in the tables. */
export const CONTENDERS = [tidegate, tidegateChannels, centrifugo, socketIo, plainWs, uvicorn] as const;

/** Those that the others are compared with. */
export const OURS: ReadonlySet<string> = new Set([tidegate.name, tidegateChannels.name]);
