/**
 * The known names that somebody may have meant, the likeliest first: those that end with the same part, else those that are
 * few edits away.
 */
export function nearest(written: string, known: readonly string[], most = 3): readonly string[] {
  const suffixed = known.filter((name) => `.${name}`.endsWith(`.${lastPart(written)}`));
  const close = known
    .map((name) => ({ name, distance: editDistance(written, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(lastPart(name).length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
  return (suffixed.length > 0 ? suffixed : close).slice(0, most);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Levenshtein's: insertions, deletions and replacements from one text to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
