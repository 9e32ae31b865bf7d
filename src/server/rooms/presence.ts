/** Names one presence message lists at the most; the count is right however many there are. */
const MOST_NAMES = 200;

/** Message that tells who is in a room. */
export function presenceText(users: readonly string[]): string {
  return JSON.stringify({ type: 'presence', users: users.slice(0, MOST_NAMES), count: users.length });
}
