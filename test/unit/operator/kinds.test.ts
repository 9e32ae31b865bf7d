import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { pathOf, SECRET, TREE_KINDS } from '../../../src/operator/kinds.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

describe('GIVEN the kinds the operator watches and may write', () => {
  it('WHEN the fullest environment is rendered THEN they are the kinds of its tree, no more and no fewer', () => {
    const route = { ingress: { className: 'contour' }, gateway: { name: 'public' } };
    const rendered = render(parse(environment({ route })));
    const named = ({ apiVersion, kind }: { apiVersion: string; kind: string }) => `${apiVersion} ${kind}`;
    expect([...new Set(rendered.map(named))].sort()).toEqual(TREE_KINDS.map(named).sort());
  });

  it('WHEN a path is asked for THEN it is the API server’s', () => {
    const [ingress] = TREE_KINDS.filter(({ kind }) => kind === 'Ingress');
    expect(pathOf(SECRET, 'ns', 'a')).toBe('/api/v1/namespaces/ns/secrets/a');
    expect(pathOf(ingress ?? SECRET)).toBe('/apis/networking.k8s.io/v1/ingresses');
    expect(pathOf(ingress ?? SECRET, 'ns', 'a', 'status')).toBe(
      '/apis/networking.k8s.io/v1/namespaces/ns/ingresses/a/status',
    );
  });
});
