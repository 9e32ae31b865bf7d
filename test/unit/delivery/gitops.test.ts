import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { readEnvironments } from '../../../src/delivery/environment-files.ts';
import { writeEnvironments } from '../../../src/delivery/gitops/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-gitops-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

describe('GIVEN a folder that was written before', () => {
  it('WHEN it is written again THEN it is the same, byte by byte', () => {
    const [folder = ''] = writeEnvironments(directory, [parse(environment())]);
    const before = read(folder);
    writeEnvironments(directory, [parse(environment())]);
    expect(read(folder)).toEqual(before);
  });

  it('WHEN an object leaves the environment THEN its file goes, and the kustomization lists the rest', () => {
    writeEnvironments(directory, [parse(environment())]);
    const alone = environment({ redis: { inProcess: {} }, autoscaling: { min: 1, max: 1 } });
    const [folder = ''] = writeEnvironments(directory, [parse(alone)]);
    const files = readdirSync(folder);
    expect(files.filter((name) => name.includes('redis'))).toEqual([]);
    const { resources } = parseYaml(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
    expect([...resources, 'kustomization.yaml'].sort()).toEqual(files.sort());
  });
});

describe('GIVEN an environment', () => {
  it('WHEN it is written THEN every object names its front door', () => {
    const [folder = ''] = writeEnvironments(directory, [parse(environment())]);
    const { 'kustomization.yaml': _, ...objects } = read(folder);
    for (const text of Object.values(objects)) {
      expect(parseYaml(text).metadata.labels['app.kubernetes.io/managed-by']).toBe('tidegate-gitops');
    }
  });

  it('WHEN the directory is a file THEN one sentence says so', () => {
    const file = join(directory, 'taken');
    writeFileSync(file, '');
    expect(() => writeEnvironments(file, [parse(environment())])).toThrow(/^TG2004 .*taken.*ENOTDIR/);
    expect(statSync(file).size).toBe(0);
  });

  it('WHEN the file system has no room for directories THEN one sentence says so, and soon', () => {
    expect(() => writeEnvironments('/proc/tidegate', [parse(environment())])).toThrow(
      /^TG2004 \/proc\/tidegate\/chat: .*ENOENT/,
    );
  });
});

describe('GIVEN files of environments', () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const problems = (paths: readonly string[]) => {
    try {
      readEnvironments(paths);
    } catch (error) {
      return (error as Error).message.replaceAll(directory, '');
    }
    return undefined;
  };
  const document = (name: string, host: string) =>
    `apiVersion: tidegate.dev/v1alpha1
kind: RealtimeEnvironment
metadata: { name: ${name} }
spec: { host: ${host}, route: { ingress: { className: contour } } }
`;

  it('WHEN a directory is read THEN its YAML files are, in order, documents and all', () => {
    write('b.yaml', document('b', 'b.example'));
    write('a.yml', `${document('a', 'a.example')}---\n${document('c', 'c.example')}`);
    write('notes.txt', 'not YAML: {');
    expect(readEnvironments([directory]).map(({ metadata }) => metadata.name)).toEqual(['a', 'c', 'b']);
  });

  it('WHEN several are wrong THEN all problems are told, each with its file', () => {
    const paths = [
      write('a.yaml', document('a', '"UPPER"')),
      write('b.yaml', 'kind: [\n'),
      write('c.yaml', document('Name', 'c.example')),
    ];
    const lines = problems(paths)?.split('\n') ?? [];
    expect(lines.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'TG1003 /a.yaml: spec.host',
      'TG1005 /b.yaml: line 2',
      'TG1003 /c.yaml: metadata.name',
    ]);
  });

  it('WHEN a file is not there THEN its path is told', () => {
    expect(problems([join(directory, 'none.yaml')])).toBe(
      'TG1006 /none.yaml: There is no such file or directory. Give the path of a file or directory that can be read.',
    );
  });

  it('WHEN a directory holds no spec THEN that is an error, not a success about nothing', () => {
    expect(problems([directory])).toBe(
      'TG1006 : The directory holds no .yaml or .yml file. Give the path of a file or directory that can be read.',
    );
  });

  it('WHEN a file is empty THEN its name is told', () => {
    expect(problems([write('empty.yaml', '')])).toMatch(/^TG1004 \/empty\.yaml: The document is not/);
  });

  it('WHEN two documents name one environment THEN neither wins', () => {
    const path = write('a.yaml', `${document('a', 'a.example')}---\n${document('a', 'b.example')}`);
    expect(problems([path])).toMatch(/^TG1007 default\/a: /);
  });
});
