/** The most of these moments, in milliseconds, that lie within one second. */
export function peakPerSecond(moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let first = 0;
  return sorted.reduce((peak, moment, index) => {
    while (moment - (sorted[first] ?? moment) >= 1_000) first += 1;
    return Math.max(peak, index - first + 1);
  }, 0);
}
