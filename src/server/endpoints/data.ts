import type { RealtimeApp } from '../app/application.ts';
import { InvalidMessage } from '../transport/socket.ts';
import { CLOSE } from '../websocket/close.ts';

/** `/data`: takes one JSON message, says that it was received, and closes. */
export function data(app: RealtimeApp): void {
  app.websocket('/data', async (socket) => {
    await socket.accept();
    try {
      socket.sendJson({ status: 'success', received: await socket.receiveJson() });
      socket.close(CLOSE.normal, 'Received');
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      socket.sendJson({ status: 'error', error: refusal });
      socket.close(CLOSE.invalidData, refusal);
    }
  });
}

/** Why a message is refused; undefined when it is not the message's fault. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof InvalidMessage) return error.message;
  // What can be parsed level by level may still be too deep to be written.
  return error instanceof RangeError ? 'The message is nested too deeply' : undefined;
}
