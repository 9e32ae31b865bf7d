/** What the server sends in a room. */
export type ChatEvent =
  | {
      readonly type: 'message' | 'join' | 'leave';
      readonly user: string;
      readonly text: string;
      readonly at: string;
      readonly replay?: true;
    }
  | { readonly type: 'presence'; readonly users: readonly string[]; readonly count: number };

/** Address of a room, for the page that asks and the server it came from. */
export function roomUrl(location: Pick<Location, 'protocol' | 'host'>, room: string, name: string): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const query = new URLSearchParams({ username: name, presence: '1' });
  return `${scheme}://${location.host}/chat/${encodeURIComponent(room)}?${query}`;
}
