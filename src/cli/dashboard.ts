import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  ConstantVariableBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
const HEIGHT = 8;

/** Series of one environment; the constants are filled in when it is rendered. */
const series = (metric: string, matchers = '') => `${metric}{namespace="$namespace",job="$job"${matchers}}`;
const rate = (metric: string, matchers = '') => `rate(${series(metric, matchers)}[$__rate_interval])`;
const sum = (inner: string, by = '') => (by === '' ? `sum(${inner})` : `sum by (${by}) (${inner})`);

interface Line {
  readonly expr: string;
  /** Its name; `{{pod}}` stands for a label. */
  readonly name: string;
}

interface Graph {
  readonly title: string;
  /** What it tells, and what is unusual. */
  readonly tells: string;
  /** Unit in Grafana's words; plain numbers by default. */
  readonly unit?: string;
  readonly stacked?: boolean;
  readonly lines: readonly Line[];
}

const STATS: readonly Omit<Graph, 'stacked'>[] = [
  {
    title: 'Replicas',
    tells: 'Replicas that take clients: those that answer and do not drain.',
    lines: [{ expr: `count(max by (pod) (${series('tidegate_draining')}) == 0)`, name: 'replicas' }],
  },
  {
    title: 'Clients',
    tells: 'Clients connected now, to all replicas.',
    lines: [{ expr: sum(series('tidegate_connections')), name: 'clients' }],
  },
  {
    title: 'Opened',
    tells: 'Sockets opened a second.',
    unit: 'cps',
    lines: [
      { expr: sum(rate('tidegate_handshake_duration_seconds_count', ',status="101"')), name: 'opened' },
    ],
  },
  {
    title: 'Delivered',
    tells: 'Messages queued for clients a second, counted once a client.',
    unit: 'cps',
    lines: [{ expr: sum(rate('tidegate_deliveries_total')), name: 'delivered' }],
  },
];

const ROWS: Readonly<Record<string, readonly Graph[]>> = {
  Clients: [
    {
      title: 'Clients by replica',
      tells: 'A replica that drains goes down in a straight line while the others rise.',
      stacked: true,
      lines: [{ expr: sum(series('tidegate_connections'), 'pod'), name: '{{pod}}' }],
    },
    {
      title: 'Handshakes',
      tells: '101 opens a socket. A peak that no drain explains is a storm of reconnects.',
      unit: 'cps',
      lines: [{ expr: sum(rate('tidegate_handshake_duration_seconds_count'), 'status'), name: '{{status}}' }],
    },
    {
      title: 'Closes',
      tells:
        '1000 and 1001: the client left. 1006: no closing frame. 1011: an endpoint threw. 1012: a drain. 1013: too slow.',
      unit: 'cps',
      lines: [{ expr: sum(rate('tidegate_closes_total'), 'code'), name: '{{code}}' }],
    },
    {
      title: 'Refused handshakes',
      tells: 'By reason. full: limits.connections; keys: the keys of tokens cannot be fetched.',
      unit: 'cps',
      lines: [{ expr: sum(rate('tidegate_refusals_total'), 'reason'), name: '{{reason}}' }],
    },
  ],
  Messages: [
    {
      title: 'Messages',
      tells: 'What came in, and what was queued for clients, once a client.',
      unit: 'cps',
      lines: [
        { expr: sum(rate('tidegate_messages_received_total')), name: 'received' },
        { expr: sum(rate('tidegate_deliveries_total')), name: 'delivered' },
      ],
    },
    {
      title: 'Clients that were given up',
      tells: 'Slow: too much waited for them. Dead: they answered no ping.',
      unit: 'cps',
      lines: [
        { expr: sum(rate('tidegate_slow_clients_total')), name: 'slow' },
        { expr: sum(rate('tidegate_dead_clients_total')), name: 'dead' },
      ],
    },
    {
      title: 'Messages that went astray',
      tells: 'Everything but 0 is a loss: not sent to other replicas, gaps of channels, chat given up.',
      unit: 'cps',
      lines: [
        { expr: sum(rate('tidegate_broker_failures_total')), name: 'not sent to others' },
        { expr: sum(rate('tidegate_channel_gaps_total', ',outcome="unfilled"')), name: 'gaps unfilled' },
        { expr: sum(rate('tidegate_history_lost_total')), name: 'not stored' },
      ],
    },
    {
      title: 'Recoveries of channels',
      tells: 'Clients that came back: with all they had missed, or without.',
      unit: 'cps',
      lines: [{ expr: sum(rate('tidegate_channel_recoveries_total'), 'outcome'), name: '{{outcome}}' }],
    },
  ],
  Stores: [
    {
      title: 'Replicas that can use a store',
      tells: 'Falls below the number of replicas when one of them cannot.',
      lines: [{ expr: sum(series('tidegate_backend_up'), 'backend'), name: '{{backend}}' }],
    },
    {
      title: 'Chat messages that wait for Postgres',
      tells: 'Rises while Postgres is away or too slow.',
      lines: [{ expr: sum(series('tidegate_history_waiting'), 'pod'), name: '{{pod}}' }],
    },
  ],
  Replicas: [
    {
      title: 'Lag of the event loop',
      tells: '99th percentile. Every socket of a replica waits for it; 10 ms is nothing.',
      unit: 's',
      lines: [{ expr: `max by (pod) (${series('nodejs_eventloop_lag_p99_seconds')})`, name: '{{pod}}' }],
    },
    {
      title: 'Processor',
      tells: 'Processors in use.',
      lines: [{ expr: sum(rate('process_cpu_seconds_total'), 'pod'), name: '{{pod}}' }],
    },
    {
      title: 'Memory',
      tells: 'Resident memory.',
      unit: 'bytes',
      lines: [{ expr: sum(series('process_resident_memory_bytes'), 'pod'), name: '{{pod}}' }],
    },
    {
      title: 'HTTP requests, 99th percentile',
      tells: 'By route, from the head of the request to the end of the response.',
      unit: 's',
      lines: [
        {
          expr: `histogram_quantile(0.99, ${sum(rate('tidegate_http_request_duration_seconds_bucket'), 'le, route')})`,
          name: '{{route}}',
        },
      ],
    },
  ],
};

/** The dashboard of an environment, before its series and its name are filled in. */
export function dashboard(): Dashboard {
  const builder = new DashboardBuilder('Tidegate')
    .tags(['tidegate'])
    .readonly()
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(new ConstantVariableBuilder('namespace').value(''))
    .withVariable(new ConstantVariableBuilder('job').value(''));
  for (const one of STATS) builder.withPanel(stat(one));
  for (const [title, graphs] of Object.entries(ROWS)) {
    builder.withRow(new RowBuilder(title));
    for (const graph of graphs) builder.withPanel(timeSeries(graph));
  }
  const { panels = [], ...rest } = builder.build();
  // Links to a panel hold its id, which Grafana would make up anew.
  return { ...rest, panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })) };
}

function stat({ title, tells, unit = 'short', lines }: Graph): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(tells)
    .datasource(DATASOURCE)
    .targets(lines.map(query))
    .unit(unit)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.None)
    .graphMode(BigValueGraphMode.Area)
    .height(HEIGHT / 2)
    .span(6);
}

function timeSeries({ title, tells, unit = 'short', stacked = false, lines }: Graph): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .description(tells)
    .datasource(DATASOURCE)
    .targets(lines.map(query))
    .unit(unit)
    .min(0)
    .fillOpacity(stacked ? 30 : 10)
    .height(HEIGHT)
    .span(12);
  return stacked ? panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal)) : panel;
}

function query({ expr, name }: Line, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(name);
}
