/** Of the mean of the fleet: from where on a replica has clearly too much, and to where it then lets go. */
const SHARE = { begin: 1.2, end: 1.05 };
/** Fewer sockets than this are not worth moving. */
const LEAST = 20;
/** An imbalance counts once it has lasted: in a rollout old replicas are about to leave, and new ones have just come. */
const SETTLED_MS = 30_000;

/**
 * How a replica stands to the others: `calm`; `uneven` since a moment; `shedding` as long as so many may still move; or
 * `resigned`, since who was sent away came back, until the fleet has another size.
 */
export type Stance =
  | { readonly is: 'calm' }
  | { readonly is: 'uneven'; readonly since: number }
  | { readonly is: 'shedding'; readonly left: number }
  | { readonly is: 'resigned'; readonly replicas: number };

export interface Fleet {
  /** Sockets of this replica. */
  readonly own: number;
  /** Sockets of all replicas that take clients, this one's too. */
  readonly all: readonly number[];
  /** Sockets that were let go since the last decision, which the budget may have kept below the surplus. */
  readonly moved: number;
  /** In milliseconds, of any clock that only goes forward. */
  readonly now: number;
}

/** Sockets a replica is to let go now, and its stance from then on. */
export interface Step {
  readonly surplus: number;
  readonly stance: Stance;
}

const CALM: Stance = { is: 'calm' };

/**
 * Decides how many sockets move. It begins late and goes on until well below where it began, but never below the mean, so
 * that replicas do not pass sockets to and fro. Of those who leave, some come back, as all replicas are in turn, also those
 * with too many: the surplus of all may move as often as there are replicas, and no more.
 */
export function balance(stance: Stance, { own, all, moved, now }: Fleet): Step {
  const rests = (next: Stance): Step => ({ surplus: 0, stance: next });
  if (stance.is === 'resigned' && stance.replicas === all.length) return rests(stance);
  const mean = all.reduce((sum, count) => sum + count, 0) / all.length;
  const over = Math.floor(own - mean * SHARE.end);
  if (stance.is === 'shedding') {
    const left = stance.left - moved;
    if (over <= 0) return rests(CALM);
    if (left <= 0) return rests({ is: 'resigned', replicas: all.length });
    return { surplus: Math.min(over, left), stance: { is: 'shedding', left } };
  }
  if (own <= mean * SHARE.begin || own - mean < LEAST) return rests(CALM);
  const since = stance.is === 'uneven' ? stance.since : now;
  if (now - since < SETTLED_MS) return rests({ is: 'uneven', since });
  const excess = all.reduce((sum, count) => sum + Math.max(0, Math.ceil(count - mean)), LEAST);
  return { surplus: over, stance: { is: 'shedding', left: all.length * excess } };
}
