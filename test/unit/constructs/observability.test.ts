import { readFileSync } from 'node:fs';
import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import {
  Alerts,
  alertRules,
  type Manifest,
  RealtimeEnvironment,
  render,
} from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

const rendered = (spec: Record<string, unknown>) => render(parse(environment(spec)));
const names = (manifests: readonly Manifest[]) =>
  manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const LABELS = {
  'app.kubernetes.io/name': 'realtime-server',
  'app.kubernetes.io/instance': 'chat',
  'app.kubernetes.io/component': 'server',
  'app.kubernetes.io/part-of': 'tidegate',
};

/** What an environment renders because of its observability. */
function added(observability: object, spec: Record<string, unknown> = {}): readonly Manifest[] {
  const without = names(rendered(spec));
  return rendered({ ...spec, observability }).filter(
    ({ kind, metadata }) => !without.includes(`${kind}/${metadata.name}`),
  );
}

function rulesOf(observability: object, spec: Record<string, unknown> = {}): readonly Rule[] {
  const rule = added({ monitor: {}, alerts: {}, ...observability }, spec).find(
    ({ kind }) => kind === 'PrometheusRule',
  ) as unknown as { readonly spec: { readonly groups: readonly { readonly rules: readonly Rule[] }[] } };
  return rule.spec.groups.flatMap(({ rules }) => rules);
}

describe('GIVEN the observability of an environment', () => {
  it.each<[string, object, readonly string[]]>([
    ['nothing', {}, []],
    ['a monitor', { monitor: {} }, ['PodMonitor/chat-server']],
    ['alerts', { monitor: {}, alerts: {} }, ['PodMonitor/chat-server', 'PrometheusRule/chat-server']],
    ['a dashboard', { monitor: {}, dashboard: {} }, ['PodMonitor/chat-server', 'ConfigMap/chat-dashboard']],
  ])('WHEN it asks for %s THEN that is rendered, and nothing else changes', (_, observability, expected) => {
    expect(names(added(observability))).toEqual(expected);
    const others = rendered({ observability }).filter(
      ({ kind, metadata }) => !expected.includes(`${kind}/${metadata.name}`),
    );
    expect(others).toEqual(rendered({}));
  });

  it('WHEN it asks for a monitor THEN every pod of the server is read, under the job that alerts select', () => {
    const monitor = { labels: { release: 'prometheus' }, intervalSeconds: 15 };
    expect(added({ monitor })).toEqual([
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        metadata: {
          name: 'chat-server',
          namespace: 'chat-test',
          labels: { release: 'prometheus', ...LABELS },
        },
        spec: {
          selector: {
            matchLabels: { 'app.kubernetes.io/instance': 'chat' },
            matchExpressions: [
              { key: 'app.kubernetes.io/component', operator: 'In', values: ['server', 'worker'] },
            ],
          },
          podMetricsEndpoints: [
            {
              port: 'http',
              path: '/metrics',
              interval: '15s',
              relabelings: [
                {
                  sourceLabels: ['__meta_kubernetes_pod_label_app_kubernetes_io_component'],
                  targetLabel: 'job',
                  replacement: 'chat-$1',
                },
              ],
            },
          ],
        },
      },
    ]);
  });

  it('WHEN it asks for alerts THEN they speak of this environment alone, and carry its labels', () => {
    const rules = rulesOf({});
    expect(rules.map(({ alert, labels }) => `${labels.severity} ${alert}`)).toEqual([
      'critical TidegateNoReplica',
      'critical TidegateRedisDown',
      'critical TidegateDeliveryBroken',
      'warning TidegateChannelGaps',
      'critical TidegatePostgresDown',
      'critical TidegateHistoryLost',
      'warning TidegateSlowClients',
      'warning TidegateAbnormalCloses',
      'warning TidegateEndpointErrors',
      'warning TidegateHandshakesFail',
      'warning TidegateDrainTooLong',
      'warning TidegateConnectionsNearLimit',
      'warning TidegateCapacityNearEnd',
      'warning TidegateReconnectStorm',
      'warning TidegateEventLoopLag',
      'warning TidegateMemoryNearLimit',
    ]);
    for (const { expr, labels } of rules) {
      expect(labels).toMatchObject({ namespace: 'chat-test', job: 'chat-server' });
      const selectors = expr.match(/\{[^}]*/g) ?? [];
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        expect(selector.startsWith('{namespace="chat-test",job="chat-server"')).toBe(true);
      }
    }
  });

  it('WHEN there is no Redis THEN no alert waits for one', () => {
    const alerts = rulesOf({}, { redis: { inProcess: {} }, autoscaling: { min: 1, max: 1 } }).map(
      ({ alert }) => alert,
    );
    expect(alerts).toHaveLength(14);
    expect(alerts).not.toContain('TidegateRedisDown');
    expect(alerts).not.toContain('TidegateDeliveryBroken');
  });

  it('WHEN sizes are given THEN alerts go off by them', () => {
    const thresholds = (observability: object, spec: Record<string, unknown>) =>
      Object.fromEntries(
        rulesOf(observability, spec).map(({ alert, expr }) => [
          alert.slice('Tidegate'.length),
          /(?:\[(\d+)s\]\)\) )?> ([\d.]+)$/.exec(expr)?.slice(1).filter(Boolean).map(Number),
        ]),
      );
    // 200 a second over 4 replicas: 50 a second of each, for 4,000 × 4 / 200 + 15 seconds.
    const sizes = {
      autoscaling: { max: 4, connectionsPerReplica: 4_000 },
      drain: { reconnectsPerSecond: 200 },
      server: {
        settings: { limits: { connections: 20_000 } },
        resources: { limits: { memory: '2000M' } },
      },
    };
    expect(thresholds({ monitor: { intervalSeconds: 60 } }, sizes)).toMatchObject({
      DrainTooLong: [4_750],
      ConnectionsNearLimit: [18_000],
      CapacityNearEnd: [14_400],
      ReconnectStorm: [240, 300],
      MemoryNearLimit: [1_800_000_000],
    });
    expect(thresholds({ monitor: { intervalSeconds: 5 } }, sizes)).toMatchObject({
      ReconnectStorm: [60, 300],
    });
  });

  it('WHEN it asks for a dashboard THEN a sidecar of Grafana finds one with the series of this environment', () => {
    const [, config] = added({ monitor: {}, dashboard: { labels: { team: 'chat' } } });
    expect(config?.metadata.labels).toEqual({ grafana_dashboard: '1', team: 'chat', ...LABELS });
    const [[file, text]] = Object.entries(config?.data as Record<string, string>) as [[string, string]];
    expect(file).toBe('tidegate-chat-test-chat.json');
    const dashboard = JSON.parse(text);
    expect(dashboard).toMatchObject({
      uid: expect.stringMatching(/^tidegate-[0-9a-f]{16}$/),
      title: 'Tidegate / chat-test / chat',
      templating: {
        list: [
          { name: 'datasource', type: 'datasource', query: 'prometheus' },
          { name: 'namespace', type: 'constant', query: 'chat-test' },
          { name: 'job', type: 'constant', query: 'chat-server' },
        ],
      },
    });
    const ids = dashboard.panels.map(({ id }: { readonly id: number }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, targets, datasource } of dashboard.panels) {
      if (type === 'row') continue;
      expect(datasource).toEqual({ type: 'prometheus', uid: '$datasource' });
      expect(targets.length).toBeGreaterThan(0);
    }
  });

  it('WHEN two environments have a dashboard THEN one Grafana keeps them apart', () => {
    const uid = (metadata: object) => {
      const observability = { monitor: {}, dashboard: {} };
      const config = render(parse({ ...environment({ observability }), metadata })).find(
        ({ metadata: { name } }) => name.endsWith('-dashboard'),
      );
      return JSON.parse(Object.values(config?.data as Record<string, string>).join('')).uid;
    };
    const uids = [
      uid({ name: 'chat', namespace: 'a' }),
      uid({ name: 'chat', namespace: 'b' }),
      uid({ name: 'talk', namespace: 'a' }),
    ];
    expect(new Set(uids).size).toBe(3);
  });

  it('WHEN alerts are used alone THEN they are about any series that look like those of a server', () => {
    const subject = {
      namespace: 'games',
      job: 'lobby',
      intervalSeconds: 30,
      mostConnections: 10,
      capacity: 10,
      drainable: 10,
      reconnectsPerSecond: 10,
      memoryBytes: 10,
      redis: false,
    };
    const chart = new Chart(new App({ recordConstructMetadata: false }), 'lobby', {
      disableResourceNameHashes: true,
    });
    new Alerts(chart, 'alerts', { instance: 'lobby', spec: {}, subject });
    expect(chart.toJson()).toMatchObject([
      { metadata: { name: 'lobby-server' }, spec: { groups: [{ name: 'tidegate.lobby' }] } },
    ]);
    expect(chart.toJson()[0].spec.groups[0].rules).toEqual(alertRules(subject));
  });
});

describe('GIVEN the guide to observability', () => {
  const guide = readFileSync('docs/observability.md', 'utf8');

  it('WHEN it lists the alerts THEN they are those that are rendered, with their severity', () => {
    const listed = [...guide.matchAll(/^\| `(Tidegate\w+)`( \(critical\))? /gm)].map(
      ([, alert, critical]) => `${critical === undefined ? 'warning' : 'critical'} ${alert}`,
    );
    expect(listed).toEqual(rulesOf({}).map(({ alert, labels }) => `${labels.severity} ${alert}`));
  });

  it('WHEN its example is rendered THEN there are the objects that it names', () => {
    const [, example = ''] = /```yaml\n([^`]*)```/.exec(guide) ?? [];
    const { observability } = parseYaml(example).spec;
    expect(names(added(observability))).toEqual([
      'PodMonitor/chat-server',
      'PrometheusRule/chat-server',
      'ConfigMap/chat-dashboard',
    ]);
  });

  it('WHEN a rule is patched as it says THEN the rule is another', () => {
    const app = new App({ recordConstructMetadata: false });
    const chart = new Chart(app, 'chat', { disableResourceNameHashes: true });
    const observability = { monitor: {}, alerts: {} };
    const environmentOf = parse(environment({ observability }));
    const tree = new RealtimeEnvironment(chart, 'environment', environmentOf);
    const rules = tree.observability.node.findChild('alerts').node.findChild('rules');
    ApiObject.of(rules).addJsonPatch(JsonPatch.replace('/spec/groups/0/rules/0/for', '5m'));
    const [patched] = chart.toJson().filter(({ kind }: Manifest) => kind === 'PrometheusRule');
    expect(patched.spec.groups[0].rules[0]).toMatchObject({ alert: 'TidegateNoReplica', for: '5m' });
  });
});
