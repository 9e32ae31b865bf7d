import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironments } from '../../../src/delivery/environment-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-extends-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const IDENTITY = 'apiVersion: tidegate.dev/v1alpha1\nkind: RealtimeEnvironment\n';
const BASE = `${IDENTITY}spec:
  route: { ingress: { className: contour } }
  autoscaling: { max: 4 }
  redis: { standalone: { storage: 2Gi } }
`;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const read = (...names: readonly string[]) =>
  readEnvironments(names.map((name) => join(directory, name).replace(/\/$/, '')));

function problems(...names: readonly string[]): string | undefined {
  try {
    read(...names);
  } catch (error) {
    return (error as Error).message.replaceAll(`${directory}/`, '');
  }
  return undefined;
}

describe('GIVEN environments that extend a base', () => {
  it('WHEN a directory of them is read THEN each is the base with its own fields, and the base is none', () => {
    write({
      'base.yaml': BASE,
      'a.yaml': 'extends: ./base.yaml\nmetadata: { name: a }\nspec: { host: a.example }\n',
      'b.yaml':
        'extends: base.yaml\nmetadata: { name: b }\nspec: { host: b.example, redis: { inProcess: {} }, autoscaling: { min: 1, max: 1 } }\n',
    });
    const environments = read('');
    expect(environments.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(environments.map(({ spec }) => spec.autoscaling.max)).toEqual([4, 1]);
    expect(environments[0]?.spec.redis.standalone?.storage).toBe('2Gi');
    expect(environments[1]?.spec.redis).toEqual({ inProcess: {} });
    expect(read('a.yaml')).toEqual(environments.slice(0, 1));
  });

  it('WHEN a base extends another one, elsewhere, THEN paths count from the file they stand in', () => {
    write({
      'company/base.yaml': `extends: ../common.yaml\nspec: { autoscaling: { max: 7 } }\n`,
      'common.yaml': BASE,
      'a.yaml': 'extends: company/base.yaml\nmetadata: { name: a }\nspec: { host: a.example }\n',
    });
    const [environment] = read('a.yaml');
    expect(environment?.spec.autoscaling.max).toBe(7);
    expect(environment?.spec.redis.standalone?.storage).toBe('2Gi');
  });

  it('WHEN one that is extended has a name THEN it is an environment as well', () => {
    write({
      'a.yaml': `${BASE}  host: a.example\nmetadata: { name: a }\n`,
      'b.yaml': 'extends: a.yaml\nmetadata: { name: b }\nspec: { host: b.example }\n',
    });
    expect(read('').map(({ spec }) => spec.host)).toEqual(['a.example', 'b.example']);
  });

  it('WHEN a value is wrong THEN the file that it is from is named', () => {
    write({
      'base.yaml': `${BASE}  drain: { reconnectsPerSecond: fast }\n`,
      'a.yaml': 'extends: base.yaml\nmetadata: { name: a }\nspec: { host: UPPER, autoscaling: { min: 5 } }\n',
      'b.yaml': 'extends: base.yaml\nmetadata: { name: b }\nspec: { host: b.example }\n',
    });
    expect(
      problems('')
        ?.split('\n')
        .map((line) => line.split(': ').slice(0, 2).join(': ')),
    ).toEqual([
      'TG1003 a.yaml: spec.host',
      'TG1104 a.yaml: spec.autoscaling.min',
      'TG1003 base.yaml: spec.drain.reconnectsPerSecond',
    ]);
  });

  it('WHEN a base has a mistake of YAML THEN it is told once', () => {
    write({
      'base.yaml': 'kind: [\n',
      'a.yaml': 'extends: base.yaml\n',
      'b.yaml': 'extends: base.yaml\n',
    });
    expect(problems('')).toMatch(/^TG1005 base\.yaml: line 2: [^\n]*$/);
  });
});

describe('GIVEN an extends that leads nowhere', () => {
  it.each([
    [
      'a file that is not there',
      { 'a.yaml': 'extends: ./none.yaml\n' },
      'TG1006 a.yaml: extends: ./none.yaml: There is no such file or directory. Give the path of a file or directory that can be read.',
    ],
    [
      'no path',
      { 'a.yaml': 'extends: [base.yaml]\n' },
      'TG1003 a.yaml: extends: It must be the path of a file. Give a value of the form that is stated.',
    ],
    [
      'itself',
      { 'a.yaml': 'extends: a.yaml\n' },
      'TG1009 a.yaml: extends: The files extend each other: a.yaml → a.yaml. Remove extends from one of them.',
    ],
    [
      'a file that comes back',
      { 'a.yaml': 'extends: sub/b.yaml\n', 'sub/b.yaml': 'extends: ../a.yaml\n' },
      'TG1009 sub/b.yaml: extends: The files extend each other: ../a.yaml → b.yaml → ../a.yaml. Remove extends from one of them.',
    ],
    [
      'a file of two documents',
      { 'a.yaml': 'extends: b.yaml\n', 'b.yaml': `${BASE}---\n${BASE}` },
      'TG1010 a.yaml: extends: b.yaml must hold one document, no more and no less. Name a file of one document, which may be a part of an environment.',
    ],
  ])('WHEN it is %s THEN the error says so', (_, files, expected) => {
    write(files as Record<string, string>);
    expect(problems('a.yaml')).toBe(expected);
  });
});

describe('GIVEN the files in the guide', () => {
  it('WHEN they are read THEN there is the one environment that they say', () => {
    const page = readFileSync('docs/environments.md', 'utf8');
    const blocks = [...page.matchAll(/^```yaml\n# (environments\/\S+)\n(.*?)^```$/gms)];
    write(Object.fromEntries(blocks.map(([, name, text = '']) => [name, text])));
    expect(read('environments').map(({ metadata, spec }) => [metadata.name, spec.route.gateway])).toEqual([
      ['preview', { name: 'public', namespace: 'infra' }],
    ]);
  });
});
