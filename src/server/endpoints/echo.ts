import type { RealtimeApp } from '../app/application.ts';

/** `/ws`: every text comes back as it came. */
export function echo(app: RealtimeApp): void {
  app.websocket('/ws', async (socket) => {
    await socket.accept();
    for await (const text of socket.texts()) socket.sendText(text);
  });
}

/** `/secure/ws?token=…`: as `/ws`, for who has a token. */
export function secureEcho(app: RealtimeApp): void {
  app.websocket('/secure/ws', { auth: 'required' }, async (socket) => {
    await socket.accept();
    for await (const text of socket.texts()) socket.sendText(text);
  });
}
