import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../../spec/settings.ts';

/** Something that is made from a part of the settings, anew whenever that part has changed. */
export function following<Part, Made>(
  current: () => Settings,
  part: (settings: Settings) => Part,
  make: (part: Part) => Made,
): () => Made {
  let settings = current();
  let from = part(settings);
  let made = make(from);
  return () => {
    const now = current();
    // The same object for seconds, so that most of the time there is nothing to compare.
    if (now === settings) return made;
    settings = now;
    const next = part(now);
    if (isDeepStrictEqual(next, from)) return made;
    from = next;
    made = make(next);
    return made;
  };
}
