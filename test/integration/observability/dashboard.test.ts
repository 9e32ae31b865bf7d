import { describe, expect, it } from 'vitest';
import { dashboard } from '../../../src/cli/dashboard.ts';
import { command } from '../../cluster/command.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';

const queries = (dashboard().panels ?? []).flatMap((panel) =>
  'targets' in panel ? (panel.targets ?? []).map((target) => (target as { expr?: string }).expr ?? '') : [],
);

describe('GIVEN the queries of the dashboard', () => {
  it('WHEN promtool reads them, with what Grafana fills in, THEN each is one that Prometheus understands', async () => {
    expect(queries).toHaveLength(22);
    const rules = queries.map((expr, index) => ({
      record: `query:${index}`,
      expr: expr.replaceAll('$__rate_interval', '2m'),
    }));
    const file = JSON.stringify({ groups: [{ name: 'dashboard', rules }] });
    const checked = await command(await toolPath('promtool'), ['check', 'rules'], { input: file });
    expect(checked).toContain(`SUCCESS: ${queries.length} rules found`);
  });
});
