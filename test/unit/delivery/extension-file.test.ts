import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadExtension, readExtended } from '../../../src/delivery/extension-file.ts';
import { Testing } from '../../../src/testing/index.ts';

const root = mkdtempSync(join(tmpdir(), 'tidegate-extension-'));
const refusing = (code: string) =>
  `export default { rules: [{ code: '${code}', path: 'spec.host', test: () => false, reason: 'No', remedy: 'None' }] };`;

let repository: string;
let team: string;
let count = 0;

/** A Git work tree with a spec in a directory of a team, new for each test, since modules are imported once. */
beforeEach(() => {
  count += 1;
  repository = join(root, `repository-${count}`);
  team = join(repository, 'teams/chat');
  mkdirSync(join(repository, '.git'), { recursive: true });
  mkdirSync(team, { recursive: true });
  writeFileSync(join(team, 'chat.yaml'), JSON.stringify(Testing.environment()));
});
beforeAll(() => writeFileSync(join(root, 'tidegate.config.js'), refusing('ROOT1')));
afterAll(() => rmSync(root, { recursive: true }));

const refusalOf = (paths: readonly string[], choice?: string | false) =>
  readExtended(paths, choice).then(
    ({ extension }) => `no refusal, ${extension === undefined ? 'no' : 'an'} extension`,
    (error) => String(error.message).split(' ', 1)[0],
  );

describe('GIVEN specs in a Git work tree', () => {
  it('WHEN no extension is in it THEN none is used, though one is above', async () => {
    expect(await refusalOf([team])).toBe('no refusal, no extension');
  });

  it.each(['ts', 'mts', 'js', 'mjs'])(
    'WHEN tidegate.config.%s is at its root THEN it is found',
    async (ending) => {
      writeFileSync(join(repository, `tidegate.config.${ending}`), refusing('TOP1'));
      expect(await refusalOf([join(team, 'chat.yaml')])).toBe('TOP1');
    },
  );

  it('WHEN there is one beside the specs and one above THEN that beside them is used', async () => {
    writeFileSync(join(repository, 'tidegate.config.ts'), refusing('TOP1'));
    writeFileSync(join(team, 'tidegate.config.mjs'), refusing('TEAM1'));
    expect(await refusalOf([team])).toBe('TEAM1');
  });

  it('WHEN one is named or none is wanted THEN that holds', async () => {
    writeFileSync(join(team, 'tidegate.config.ts'), refusing('TEAM1'));
    const other = join(repository, 'other.ts');
    writeFileSync(other, refusing('OTHER1'));
    expect(await refusalOf([team], other)).toBe('OTHER1');
    expect(await refusalOf([team], false)).toBe('no refusal, no extension');
  });

  it('WHEN specs are under different ones THEN they are not read together', async () => {
    const others = join(repository, 'teams/talk');
    cpSync(team, others, { recursive: true });
    writeFileSync(join(others, 'tidegate.config.ts'), 'export default {};');
    expect(await refusalOf([team, others])).toBe('TG1423');
  });

  it('WHEN a rule of it is broken THEN the file of the spec is told', async () => {
    writeFileSync(join(repository, 'tidegate.config.ts'), refusing('TOP1'));
    await expect(readExtended([team])).rejects.toThrow(
      `TOP1 ${join(team, 'chat.yaml')}: spec.host: No. None.`,
    );
  });
});

describe('GIVEN specs outside any work tree', () => {
  it('WHEN an extension is above their directory THEN it is not run', async () => {
    const away = join(root, 'away');
    cpSync(team, away, { recursive: true });
    expect(await refusalOf([away])).toBe('no refusal, no extension');
    expect(await refusalOf([join(root, 'nothing.yaml')])).toBe('TG1006');
  });
});

describe('GIVEN a module that cannot be used', () => {
  it.each([
    ['is not there', undefined, /^TG1420 .*missing\.ts: There is no file /],
    ['exports nothing', 'export const extension = {};', /^TG1421 .*: It exports nothing by default/],
    [
      'exports something else',
      'export default { labels: {} };',
      /^TG1421 extension: Unrecognized key: "labels"/,
    ],
    [
      'throws',
      '\nthrow new Error("no luck");',
      /^TG1422 .*: It cannot be imported: Error: no luck \(throws\.ts:2\)/,
    ],
    ['is no TypeScript', 'export default {', /^TG1422 .*: It cannot be imported: \w*Error: /],
  ])('WHEN it %s THEN code and reason say so', async (what, text, message) => {
    const file = join(repository, `${what.split(' ').at(-1)}.ts`.replace('there', 'missing'));
    if (text !== undefined) writeFileSync(file, text);
    await expect(loadExtension(file)).rejects.toThrow(message);
  });
});
