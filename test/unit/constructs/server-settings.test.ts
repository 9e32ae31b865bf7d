import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

interface Server {
  readonly settings: string;
  readonly template: unknown;
}

function server(settings: Record<string, unknown>): Server {
  const objects = render(parse(environment({ server: { settings } })));
  const find = (kind: string) =>
    objects.find((one) => one.kind === kind && one.metadata.name === 'chat-server');
  const { data } = find('ConfigMap') as unknown as { data: Record<string, string> };
  const { spec } = find('Deployment') as unknown as { spec: { template: unknown } };
  return { settings: data['settings.yaml'] ?? '', template: spec.template };
}

describe('GIVEN settings that servers read again while they run', () => {
  it('WHEN one changes THEN the file does, and no pod is replaced', () => {
    const [before, after] = [server({}), server({ limits: { connections: 20_000, requestsPerSecond: 5 } })];
    expect(after.settings).not.toBe(before.settings);
    expect(after.settings).toContain('requestsPerSecond: 5');
    expect(after.template).toEqual(before.template);
  });

  it('WHEN one changes that is read at the start THEN pods are replaced, by another hash alone', () => {
    const [before, after] = [server({}), server({ limits: { handshakeSeconds: 5 } })];
    expect(after.template).not.toEqual(before.template);
    const both = server({ limits: { handshakeSeconds: 5, connections: 20_000 } });
    expect(both.template).toEqual(after.template);
  });
});
