/** An application over the bundled server: whatever a member of its one room sends goes to all. */
import { loadSettings, realtime, runUntilStopped } from '../../../src/server/index.ts';

const app = realtime({ settings: loadSettings({ env: process.env }) });
const room = app.room('bench');

app.websocket('/room', async (socket) => {
  await socket.accept();
  await room.join(socket, { as: 'member' });
  for await (const text of socket.texts()) await room.broadcast(text);
});

await runUntilStopped(async () => {
  await app.listen();
  return app;
});
process.exit(0);
