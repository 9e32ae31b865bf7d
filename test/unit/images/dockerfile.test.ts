import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { imageOf, parse } from '../../../src/spec/index.ts';
import { workloads } from '../constructs/pods.ts';
import { environment } from '../environment.ts';

const lines = readFileSync('Dockerfile', 'utf8').split('\n');
const instructions = lines.filter((line) => /^[A-Z]+ /.test(line)).map((line) => line.split(' '));
const valuesOf = (name: string) => instructions.filter(([word]) => word === name).map(([, value]) => value);
const stages = instructions.filter(([word]) => word === 'FROM').map(([, base, , name]) => ({ base, name }));

describe('GIVEN the Dockerfile', () => {
  it('THEN every stage stands on a base image that the caller may choose, or on an earlier stage', () => {
    const names = stages.map(({ name }) => name);
    const foreign = stages.filter(
      ({ base = '' }, index) =>
        !/^\$\{(NODE|RUNTIME)_IMAGE\}$/.test(base) && !names.slice(0, index).includes(base),
    );
    expect(foreign).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['server', 'operator']));
  });

  it('THEN the default bases have the major version of Node that the tests run on, and the latter no shell', () => {
    const major = process.versions.node.split('.')[0];
    expect(valuesOf('ARG')).toEqual([
      `NODE_IMAGE=docker.io/library/node:${major}-trixie-slim`,
      `RUNTIME_IMAGE=gcr.io/distroless/nodejs${major}-debian13:nonroot`,
    ]);
  });

  it('THEN nothing is run where there is no shell', () => {
    const runtime = instructions.slice(instructions.findIndex(([, , , name]) => name === 'runtime'));
    const words = runtime.map(([word]) => word);
    expect(words).not.toContain('RUN');
    expect(
      runtime.filter(([word, value]) => /^(CMD|ENTRYPOINT)$/.test(word ?? '') && !value?.startsWith('[')),
    ).toEqual([]);
  });

  it('THEN its user is the one that the pods of an environment and of the operator run as', () => {
    const server = workloads(render(parse(environment()))).find(({ kind }) => kind === 'Deployment');
    const { runAsUser, runAsGroup } = server?.spec.template.spec.securityContext ?? {};
    expect(valuesOf('USER')).toEqual([`${runAsUser}:${runAsGroup}`]);
    const state = instructions.find(([, , option]) => option?.startsWith('--chown='));
    expect(state?.[2]).toBe(`--chown=${runAsUser}:${runAsGroup}`);
    const chart = readFileSync('charts/tidegate/templates/deployment.yaml', 'utf8');
    expect(chart).toMatch(new RegExp(`runAsUser: ${runAsUser}\\n +runAsGroup: ${runAsGroup}\\n`));
  });

  it("THEN the example of a team's application stands on the image that an environment runs by default", () => {
    const [from] = readFileSync('examples/app/Dockerfile', 'utf8').split('\n');
    expect(from).toBe(`FROM ${imageOf(parse(environment()).spec.server)}`);
  });
});
