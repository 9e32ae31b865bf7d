import type { Readings } from '../observability/readings.ts';
import type { Channels } from './channels.ts';

/** What /metrics shows of channels. */
export function channelMetrics(readings: Readings, channels: Channels): void {
  const { counts } = channels;
  readings.gauge('tidegate_channels', 'Channels with a subscriber on this replica', () => channels.size);
  readings.gauge(
    'tidegate_channel_clients',
    'Clients of channels connected now',
    () => channels.clients.size,
  );
  readings.counterBy(
    'tidegate_channel_recoveries_total',
    'Clients that came back to a channel, by outcome',
    'outcome',
    () => [
      ['recovered', counts.recovered],
      ['unrecovered', counts.unrecovered],
    ],
  );
  readings.counterBy(
    'tidegate_channel_gaps_total',
    'Gaps in what came from the broker, by outcome',
    'outcome',
    () => [
      ['filled', counts.filled],
      ['unfilled', counts.unfilled],
    ],
  );
}
