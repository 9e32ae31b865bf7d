import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Manifest, render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { refusedHandshake, TestClient } from './client.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'secret';
let cache: StoreProcess;
let database: PostgresProcess;
let app: TestApp;
let page: string;

beforeAll(async () => {
  [cache, database] = await Promise.all([redis(PASSWORD), postgres(PASSWORD)]);
  await Promise.all([cache.start(), database.start()]);
  app = await TestApp.start(
    (it) => {
      it.websocket('/throws', async (socket) => {
        await socket.accept();
        throw new Error('On purpose');
      });
      it.websocket('/stays', async (socket) => {
        await socket.accept();
        for await (const text of socket.texts()) socket.sendText(text);
      });
    },
    {
      limits: { connections: 1 },
      redis: { host: '127.0.0.1', port: cache.port, password: PASSWORD },
      postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
    },
  );
  page = await eventfulPage(app.url);
});
afterAll(async () => {
  await app.stop();
  await Promise.all([cache.remove(), database.remove()]);
});

/** Metrics of a server that has met what alerts and dashboards tell apart by labels. */
async function eventfulPage(url: string): Promise<string> {
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  await (await TestClient.connect(`${url}/throws`)).closed;
  const stays = await TestClient.connect(`${url}/stays`);
  expect((await refusedHandshake(`${url}/stays`)).status).toBe(503);
  stays.socket.terminate();
  return waitFor('the page to tell of all that', async () => {
    const text = await metrics();
    const told = [/code="1006"/, /code="1011"/, /reason="full"/, /backend_up\{backend="redis"\} 1/];
    return told.every((one) => one.test(text)) ? text : undefined;
  });
}

/** A selector of series: `tidegate_closes_total{namespace="…",job="…",code="1006"}`. */
interface Selector {
  readonly metric: string;
  /** Those that Prometheus does not add itself. */
  readonly matchers: readonly (readonly [label: string, operator: string, value: string])[];
}

function selectorsOf(expression: string): readonly Selector[] {
  return [...expression.matchAll(/(\w+)\{([^}]*)\}/g)].map(([, metric = '', inner = '']) => ({
    metric,
    matchers: [...inner.matchAll(/(\w+)(=~|=)"([^"]*)"/g)]
      .map(([, label = '', operator = '', value = '']) => [label, operator, value] as const)
      .filter(([label]) => label !== 'namespace' && label !== 'job'),
  }));
}

/** Whether the page has a series that a selector selects; one that has no labels to match need only be declared. */
function selects({ metric, matchers }: Selector): boolean {
  const family = metric.replace(/_(?:count|sum|bucket)$/, '');
  if (!new RegExp(`^# TYPE (?:${metric}|${family}) `, 'm').test(page)) return false;
  if (matchers.length === 0) return true;
  return [...page.matchAll(new RegExp(`^${metric}\\{(.*)\\} `, 'gm'))].some(([, labels = '']) =>
    matchers.every(([label, operator, value]) => {
      const [, actual] = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels) ?? [];
      if (actual === undefined) return false;
      return operator === '=' ? actual === value : new RegExp(`^(?:${value})$`).test(actual);
    }),
  );
}

interface PrometheusRule {
  readonly spec: { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] };
}

function expressions(): readonly string[] {
  const observability = { monitor: {}, alerts: {}, dashboard: {} };
  const manifests = render(parse(environment({ observability })));
  const found = (kind: string, name: string) =>
    manifests.find((one) => one.kind === kind && one.metadata.name === name) as Manifest;
  const { spec } = found('PrometheusRule', 'chat-server') as unknown as PrometheusRule;
  const { data } = found('ConfigMap', 'chat-dashboard') as unknown as { data: Record<string, string> };
  const dashboard = Object.values(data).join('');
  return [
    ...spec.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...[...dashboard.matchAll(/"expr": (".*")/g)].map(([, text = '']) => JSON.parse(text) as string),
  ];
}

describe('GIVEN the page of metrics of a server with Redis and Postgres', () => {
  it.each(expressions())('WHEN %s is asked THEN all that it selects is there', (expression) => {
    const selectors = selectorsOf(expression);
    expect(selectors).not.toEqual([]);
    expect(selectors.filter((selector) => !selects(selector))).toEqual([]);
  });
});
