import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { workloads } from '../constructs/pods.ts';
import { environment } from '../environment.ts';

const lines = readFileSync('Dockerfile', 'utf8').split('\n');
const instructions = lines.filter((line) => /^[A-Z]+ /.test(line)).map((line) => line.split(' '));
const valuesOf = (name: string) => instructions.filter(([word]) => word === name).map(([, value]) => value);

describe('GIVEN the Dockerfile', () => {
  it('THEN every stage stands on the base image that the caller may choose, or on an earlier stage', () => {
    const stages = instructions
      .filter(([word]) => word === 'FROM')
      .map(([, base, , name]) => ({ base, name }));
    const names = stages.map(({ name }) => name);
    const foreign = stages.filter(
      ({ base = '' }, index) => !/^\$\{NODE_IMAGE\}$/.test(base) && !names.slice(0, index).includes(base),
    );
    expect(foreign).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['server', 'operator']));
  });

  it('THEN the default base has the major version of Node that the tests run on', () => {
    const major = process.versions.node.split('.')[0];
    expect(valuesOf('ARG')).toEqual([`NODE_IMAGE=docker.io/library/node:${major}-bookworm-slim`]);
  });

  it('THEN its user is the one that the pods of an environment run as', () => {
    const server = workloads(render(parse(environment()))).find(({ kind }) => kind === 'Deployment');
    const { runAsUser, runAsGroup } = server?.spec.template.spec.securityContext ?? {};
    expect(valuesOf('USER')).toEqual([`${runAsUser}:${runAsGroup}`]);
  });
});
