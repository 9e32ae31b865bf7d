import { CLOSE } from '../connection.ts';
import type { RealtimeApp } from '../realtime.ts';
import { InvalidJson } from '../socket.ts';

/** `/data`: takes one JSON message, says that it was received, and closes. */
export function data(app: RealtimeApp): void {
  app.websocket('/data', async (socket) => {
    await socket.accept();
    try {
      socket.sendJson({ status: 'success', received: await socket.receiveJson() });
      socket.close(CLOSE.normal, 'Received');
    } catch (error) {
      if (!(error instanceof InvalidJson)) throw error;
      socket.sendJson({ status: 'error', error: error.message });
      socket.close(CLOSE.invalidData, error.message);
    }
  });
}
