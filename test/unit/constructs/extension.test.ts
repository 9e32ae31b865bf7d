import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import {
  defineExtension,
  type Extension,
  Postgres,
  type PostgresProps,
  RealtimeEnvironment,
  TREE_KINDS,
  treeKinds,
} from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { Testing } from '../../../src/testing/index.ts';

const PROBE = { apiVersion: 'monitoring.coreos.com/v1', kind: 'Probe', plural: 'probes' };

/** Adds an object to each environment. */
const adding = (object: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: object;
}): Extension => ({
  kinds: [PROBE],
  extend: (_, scope) => void new ApiObject(scope, 'object', { ...object, spec: {} }),
});

const NAMED = { metadata: { name: 'chat-extra' } };

describe('GIVEN an extension', () => {
  it('WHEN an environment is rendered with one that does nothing THEN nothing is other than without', () => {
    expect(Testing.render({}, defineExtension({}))).toEqual(Testing.render());
  });

  it('WHEN it adds an object THEN that is in the namespace of the environment and has its labels', () => {
    const objects = Testing.render({}, adding({ ...PROBE, ...NAMED }));
    expect(Testing.find(objects, 'Probe', 'chat-extra').metadata).toEqual({
      name: 'chat-extra',
      namespace: 'chat-test',
      labels: { 'app.kubernetes.io/instance': 'chat', 'app.kubernetes.io/part-of': 'tidegate' },
    });
    expect(objects.filter(({ kind }) => kind !== 'Probe')).toEqual(Testing.render());
  });

  it('WHEN it has aspects THEN they visit all objects, those it adds as well, one aspect after the other', () => {
    const seen: string[] = [];
    const note = (mark: string) => ({
      visit: (construct: object) => {
        if (ApiObject.isApiObject(construct)) seen.push(`${mark} ${construct.kind}/${construct.name}`);
      },
    });
    const objects = Testing.render(
      {},
      { ...adding({ ...PROBE, ...NAMED }), aspects: [note('a'), note('b')] },
    );
    const all = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
    expect(seen.slice(0, all.length).sort()).toEqual(all.map((one) => `a ${one}`));
    expect(seen.slice(all.length).sort()).toEqual(all.map((one) => `b ${one}`));
  });

  it('WHEN it replaces a part by any construct that offers the same THEN the others use that', () => {
    class Shared extends Construct {
      readonly connection = { host: 'databases.infra.svc', port: 5433, database: 'chat', user: 'chat' };
      constructor(scope: Construct, id: string, _props: PostgresProps) {
        super(scope, id);
      }
    }
    const objects = Testing.render({}, { parts: { postgres: Shared } });
    expect(objects.filter(({ kind }) => kind === 'StatefulSet').map(({ metadata }) => metadata.name)).toEqual(
      ['chat-redis'],
    );
    const { data } = Testing.find(objects, 'ConfigMap', 'chat-server');
    expect(JSON.stringify(data)).toContain('host: databases.infra.svc\\n  port: 5433');
  });

  it('WHEN it changes parts in extend THEN it finds all of them, and the spec', () => {
    const found: string[] = [];
    Testing.render(
      {
        postgres: { external: { host: 'db.example.com' } },
        secrets: { postgres: { existing: { name: 'db', key: 'k' } } },
      },
      {
        extend({ metadata, spec, postgres, redis, server }) {
          found.push(metadata.name, spec.host, String(postgres), redis?.node.path ?? '', server.service.name);
        },
      },
    );
    expect(found).toEqual(['chat', 'chat.example.com', 'undefined', 'chat/environment/redis', 'chat-server']);
  });
});

describe('GIVEN an extension that adds what environments cannot have', () => {
  it.each([
    [
      'a kind that it does not declare',
      { apiVersion: 'v1', kind: 'LimitRange', ...NAMED },
      'TG1424 LimitRange chat-test/chat-extra: The extension declares no LimitRange of v1',
    ],
    ['a Secret', { apiVersion: 'v1', kind: 'Secret', ...NAMED }, 'TG1425 Secret chat-test/chat-extra: '],
    [
      'an object of another namespace',
      { ...PROBE, metadata: { name: 'one', namespace: 'infra' } },
      'TG1426 Probe infra/one: The environment is in chat-test',
    ],
    [
      'an object that is there already',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'chat-server' } },
      'TG1427 ConfigMap chat-test/chat-server: ',
    ],
  ])('WHEN it adds %s THEN the render says which', (_, object, message) => {
    expect(() => Testing.render({}, adding(object))).toThrow(message);
  });

  it('WHEN it replaces a part by one that is given what is wrong THEN the path of the construct is told', () => {
    class TooSmall extends Postgres {
      constructor(scope: Construct, id: string, props: PostgresProps) {
        super(scope, id, { ...props, spec: { ...props.spec, storage: 'much' } });
      }
    }
    expect(() => Testing.render({}, { parts: { postgres: TooSmall } })).toThrow(
      'TG1428 chat/environment/postgres: TG1003 postgres.standalone.storage: Must be a quantity',
    );
  });

  it.each([
    [
      'extend',
      {
        extend: () => {
          throw new RangeError('no luck');
        },
      },
    ],
    [
      'an aspect',
      {
        aspects: [
          {
            visit: () => {
              throw new RangeError('no luck');
            },
          },
        ],
      },
    ],
  ])('WHEN %s throws THEN it is an error of the extension, with the line it comes from', (_, extension) => {
    expect(() => Testing.render({}, extension)).toThrow(
      /^TG1422 extension: It fails on an environment: RangeError: no luck \(extension\.test\.ts:\d+\)/,
    );
  });
});

describe('GIVEN rules of an extension', () => {
  const rule = {
    code: 'ACME1001',
    path: 'spec.host',
    test: ({ spec }: { spec: { host: string } }) => spec.host.endsWith('.acme.example'),
    reason: 'Hosts of Acme are under acme.example',
    remedy: 'Choose such a host',
  };

  it('WHEN an environment breaks one THEN it is told as Tidegate’s own are', () => {
    expect(() => parse(Testing.environment(), [rule])).toThrow(
      'ACME1001 spec.host: Hosts of Acme are under acme.example. Choose such a host.',
    );
  });

  it('WHEN an environment breaks Tidegate’s own THEN those of the extension are not asked', () => {
    const asked = {
      ...rule,
      test: () => {
        throw new Error('asked');
      },
    };
    expect(() => parse(Testing.environment({ autoscaling: { min: 5, max: 3 } }), [asked])).toThrow(/^TG1104/);
  });

  it('WHEN a test throws THEN the environment is refused, and the rule blamed', () => {
    const broken = {
      ...rule,
      test: () => {
        throw new Error('no luck');
      },
    };
    expect(() => parse(Testing.environment(), [broken])).toThrow(
      'ACME1001 spec.host: The rule itself fails: Error: no luck. Mend the test of the rule.',
    );
  });
});

describe('GIVEN a module that exports what is no extension', () => {
  const rule = { path: '', test: () => true, reason: 'No', remedy: 'None' };
  it.each([
    ['an unknown field', { aspect: [] }, 'TG1421 extension: Unrecognized key: "aspect"'],
    [
      'a code of Tidegate',
      { rules: [{ ...rule, code: 'TG1101' }] },
      'TG1421 extension.rules.0.code: Must be capital letters',
    ],
    [
      'an aspect that visits nothing',
      { aspects: [{}] },
      'TG1421 extension.aspects.0: Must have a method visit',
    ],
    [
      'a part that there is not',
      { parts: { database: Postgres } },
      'TG1421 extension.parts: Unrecognized key: "database"',
    ],
    [
      'a part that is no class',
      { parts: { postgres: {} } },
      'TG1421 extension.parts.postgres: Must be a class',
    ],
    [
      'Secrets among its kinds',
      { kinds: [{ apiVersion: 'v1', kind: 'Secret', plural: 'secrets' }] },
      'TG1421 extension.kinds.0: Trees hold no Secrets',
    ],
    [
      'a kind without its version',
      { kinds: [{ ...PROBE, apiVersion: 'monitoring.coreos.com' }] },
      'TG1421 extension.kinds.0.apiVersion: Must be a group and a version',
    ],
  ])('WHEN it has %s THEN it is refused, with the field', (_, extension, message) => {
    expect(() => defineExtension(extension as unknown as Extension)).toThrow(message);
  });

  it('WHEN it declares a kind that trees have anyway THEN that is listed once', () => {
    const [first] = TREE_KINDS;
    expect(treeKinds({ kinds: [PROBE, { ...PROBE, ...first, plural: 'others' }] })).toEqual([
      ...TREE_KINDS,
      PROBE,
    ]);
  });
});

describe('GIVEN an environment in a chart of a team’s own', () => {
  const build =
    (change: (spec: ReturnType<typeof parse>['spec']) => object, id = 'environment') =>
    (chart: Chart) => {
      const environment = parse(Testing.environment());
      new RealtimeEnvironment(chart, id, {
        ...environment,
        spec: { ...environment.spec, ...change(environment.spec) },
      });
    };

  it('WHEN its props break a rule though nobody has parsed them THEN synth refuses it, with its path', () => {
    const wrong = build(({ autoscaling }) => ({ autoscaling: { ...autoscaling, min: 9, max: 3 } }));
    expect(() => Testing.synth(wrong)).toThrow('[test/environment] TG1104 spec.autoscaling.min: ');
  });

  it('WHEN another of the same name is in the app THEN synth refuses both', () => {
    const twice = (chart: Chart) => {
      build(() => ({}))(chart);
      build(() => ({}), 'again')(new Chart(chart, 'inner', { namespace: 'chat-test' }));
    };
    expect(() => Testing.synth(twice)).toThrow(
      '[test/environment] TG1007 chat-test/chat: test/inner/again is of that name too',
    );
  });

  it('WHEN the chart is of another namespace THEN synth refuses it', () => {
    const elsewhere = (chart: Chart) => build(() => ({}))(new Chart(chart, 'inner', { namespace: 'other' }));
    expect(() => Testing.synth(elsewhere)).toThrow(
      'TG1426 chat-test/chat: The namespace of its chart is other',
    );
  });

  it('WHEN what is looked for is not there THEN it is told what is', () => {
    expect(() => Testing.find(Testing.render(), 'Deployment', 'talk-server')).toThrow(
      /^There is no Deployment\/talk-server among ConfigMap\/chat-redis, /,
    );
  });
});
