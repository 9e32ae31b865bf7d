import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertRules } from '../../../src/constructs/index.ts';
import { command } from '../../cluster/command.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';
import { SCENARIOS, type Scenario, SUBJECT } from './scenarios.ts';

const { namespace, job } = SUBJECT;
const rules = alertRules(SUBJECT);
const directory = mkdtempSync(join(tmpdir(), 'tidegate-alerts-'));
const rulesFile = join(directory, 'rules.json');
let promtool: string;

beforeAll(async () => {
  promtool = await toolPath('promtool');
  writeFileSync(rulesFile, JSON.stringify({ groups: [{ name: 'tidegate.chat', rules }] }));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('GIVEN the alerts of an environment', () => {
  it('WHEN promtool checks them THEN it finds nothing, and each has a case in which it fires and one in which not', async () => {
    const checked = await command(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', rulesFile]);
    expect(checked).toContain(`SUCCESS: ${rules.length} rules found`);
    const named = (fires: boolean) =>
      new Set(SCENARIOS.filter((one) => (one.fires !== undefined) === fires).map(({ alert }) => alert));
    const all = new Set(rules.map(({ alert }) => alert));
    expect([named(true), named(false)]).toEqual([all, all]);
  });

  const cases = SCENARIOS.map(
    (one) => [one.alert, one.given, one.fires ? 'fires' : 'is quiet', one] as const,
  );
  it.each(cases)('%s: WHEN %s THEN it %s', async (_alert, _given, _outcome, scenario) => {
    const file = join(directory, 'test.json');
    writeFileSync(file, JSON.stringify(promtoolTest(scenario)));
    expect(await command(promtool, ['test', 'rules', file])).toContain('SUCCESS');
  });
});

/** @see https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
function promtoolTest({ alert, series, after, fires }: Scenario) {
  const rule = rules.find((one) => one.alert === alert);
  const expected = fires && {
    exp_labels: { ...rule?.labels, ...fires.labels },
    exp_annotations: { summary: rule?.annotations.summary, description: fires.description },
  };
  return {
    rule_files: [rulesFile],
    evaluation_interval: '30s',
    tests: [
      {
        interval: '30s',
        input_series: series.map(([metric, labels, values]) => ({
          series: `${metric}{${Object.entries({ namespace, job, ...labels })
            .map(([name, value]) => `${name}="${value}"`)
            .join(',')}}`,
          values,
        })),
        alert_rule_test: [
          { eval_time: after, alertname: alert, exp_alerts: expected === undefined ? [] : [expected] },
        ],
      },
    ],
  };
}
