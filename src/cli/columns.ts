const WIDEST = 48;
const GAP = '  ';

/** Rows under each other, as kubectl prints them. What is too wide for its column is cut short, but in the last one. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = [head, ...rows].map((cells) =>
    cells.map((cell, index) => (index < head.length - 1 ? short(cell) : cell)),
  );
  const widths = head.map((_, index) => Math.max(...shown.map((cells) => cells[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
  return `${shown.map(line).join('\n')}\n`;
}

function short(cell: string): string {
  return cell.length > WIDEST ? `${cell.slice(0, WIDEST - 1)}…` : cell;
}
