/** Counts of what happens in channels of this replica, as plain numbers; the metrics read them when they are scraped. */
export class ChannelCounts {
  /** Clients that came back and got all they had missed. */
  recovered = 0;
  /** Clients that came back and were told that it is more than the history holds. */
  unrecovered = 0;
  /** Gaps in what came from the broker that were filled from the history, so that no client noticed. */
  filled = 0;
  /** Gaps that could not be filled; the subscribers were told. */
  unfilled = 0;
}
