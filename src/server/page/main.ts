import { ReconnectingSocket } from '../../client/index.ts';
import { type ChatEvent, roomUrl } from './chat-event.ts';
import { ChatView, element } from './chat-view.ts';

const SERVICE_RESTART = 1012;

const view = new ChatView();
let socket: ReconnectingSocket | undefined;

const room = new URLSearchParams(location.search).get('room');
if (room !== null) input('room').value = room;
input('name').focus();

element('join').addEventListener('submit', (event) => {
  event.preventDefault();
  enter(input('room').value.trim(), input('name').value.trim());
});

element('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = input('text');
  if (text.value.trim() === '' || socket === undefined) return;
  if (socket.send(text.value) !== 'refused') text.value = '';
});

element('leave').addEventListener('click', () => {
  socket?.close();
  view.showJoin();
  view.showState('offline');
});

function enter(room: string, name: string): void {
  history.replaceState(null, '', `?${new URLSearchParams({ room })}`);
  view.showRoom(room);
  view.showState('connecting');
  const joined = new ReconnectingSocket(roomUrl(location, room, name));
  socket = joined;
  joined.on('state', (state) => {
    if (state === 'offline') view.showState('offline');
    if (state !== 'open') return;
    // The server replays the last messages to whoever joins, so the page begins anew.
    view.clear();
    view.showState('online');
    input('text').focus();
  });
  joined.on('reconnecting', ({ code }) =>
    view.showState(code === SERVICE_RESTART ? 'draining' : 'reconnecting'),
  );
  joined.on('close', () => view.showState('closed'));
  joined.on('message', (text) => view.show(JSON.parse(text) as ChatEvent, name));
}

function input(id: string): HTMLInputElement {
  return element(id) as HTMLInputElement;
}
