import { Counter, Gauge, type Registry } from 'prom-client';
import type { Channels } from './channels.ts';

/** What /metrics shows of channels. */
export function channelMetrics(register: Registry, channels: Channels): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        this.set(value());
      },
    });
  const outcomes = (name: string, help: string, values: () => Readonly<Record<string, number>>) =>
    new Counter({
      name,
      help,
      labelNames: ['outcome'],
      registers: [register],
      collect() {
        this.reset();
        for (const [outcome, value] of Object.entries(values())) this.inc({ outcome }, value);
      },
    });

  gauge('tidegate_channels', 'Channels with a subscriber on this replica', () => channels.size);
  gauge('tidegate_channel_clients', 'Clients of channels connected now', () => channels.clients.size);
  outcomes('tidegate_channel_recoveries_total', 'Clients that came back to a channel, by outcome', () => {
    const { recovered, unrecovered } = channels.counts;
    return { recovered, unrecovered };
  });
  outcomes('tidegate_channel_gaps_total', 'Gaps in what came from the broker, by outcome', () => {
    const { filled, unfilled } = channels.counts;
    return { filled, unfilled };
  });
}
