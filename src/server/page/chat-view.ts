import type { ChatEvent } from './chat-event.ts';

/** What the page tells of the connection. */
const STATES = {
  offline: 'Offline',
  connecting: 'Connecting',
  online: 'Online',
  reconnecting: 'Reconnecting',
  draining: 'Server is draining, reconnecting',
  closed: 'Disconnected',
} as const;

export type ViewState = keyof typeof STATES;

const MOST_LINES = 500;

/** Writes to the page. Whatever comes from people becomes text, never markup. */
export class ChatView {
  readonly #messages = element('messages');
  readonly #users = element('users');

  showState(state: ViewState): void {
    const status = element('status');
    status.dataset.state = state;
    status.textContent = STATES[state];
    for (const control of element('compose').querySelectorAll('input, button')) {
      control.toggleAttribute('disabled', state !== 'online');
    }
  }

  showRoom(room: string): void {
    element('join').hidden = true;
    element('chat').hidden = false;
    element('title').textContent = `# ${room}`;
    this.clear();
  }

  showJoin(): void {
    element('join').hidden = false;
    element('chat').hidden = true;
  }

  clear(): void {
    this.#messages.replaceChildren();
  }

  show(event: ChatEvent, ownName: string): void {
    if (event.type === 'presence') this.#showPresent(event.users, event.count);
    else this.#append(event.type === 'message' ? messageLine(event, ownName) : noticeLine(event.text));
  }

  #showPresent(users: readonly string[], count: number): void {
    element('count').textContent = String(count);
    const more = count - users.length;
    const names = more > 0 ? [...users, `and ${more} more`] : users;
    this.#users.replaceChildren(...names.map((name) => child('li', '', name)));
  }

  #append(line: HTMLElement): void {
    const list = this.#messages;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    list.append(line);
    if (list.childElementCount > MOST_LINES) list.firstElementChild?.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}

function messageLine(event: { user: string; text: string; at: string }, ownName: string): HTMLElement {
  const line = child('li', event.user === ownName ? 'message own' : 'message', '');
  const time = new Date(event.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  line.append(child('span', 'meta', `${event.user} · ${time}`), event.text);
  return line;
}

function noticeLine(text: string): HTMLElement {
  return child('li', 'notice', text);
}

function child(tag: string, className: string, text: string): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** An element of index.html by its id. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}`);
  return found;
}
