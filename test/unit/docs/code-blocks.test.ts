import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../cluster/command.ts';
import { installPackage } from '../../installed-package.ts';
import { type Block, blocksOf } from './blocks.ts';

const pages = globSync(['README.md', 'docs/**/*.md']).filter((page) => blocksOf(page, 'ts').length > 0);
const blocks = pages.flatMap((page) => blocksOf(page, 'ts'));

const fileOf = ({ page, line }: Block) => `${basename(page, '.md')}-${line}.ts`;

/** A module, in which `{ … }` stands for what does not matter. */
const moduleOf = ({ text }: Block) => `${text.replaceAll('{ … }', '{}')}\nexport {};\n`;

describe('GIVEN the TypeScript of the documentation', () => {
  let directory: string;
  let errors: readonly string[];

  beforeAll(() => {
    // Within the tree, so that packages are found, and where nobody keeps what is there.
    mkdirSync('dist', { recursive: true });
    directory = mkdtempSync('dist/docs-');
    for (const block of blocks) writeFileSync(join(directory, fileOf(block)), moduleOf(block));
    writeFileSync(
      join(directory, 'tsconfig.json'),
      JSON.stringify({
        extends: resolve('tsconfig.json'),
        compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
        include: ['*.ts', resolve('test/unit/docs/surroundings.d.ts')],
      }),
    );
    const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['--pretty', 'false', '-p', directory], {
      encoding: 'utf8',
    });
    errors = stdout.split('\n').filter((line) => line.includes('error TS'));
  }, 120_000);
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(pages)('WHEN that of %s is checked THEN its types are right', (page) => {
    const files = blocksOf(page, 'ts').map(fileOf);
    expect(errors.filter((error) => files.some((file) => error.includes(`${file}(`)))).toEqual([]);
  });

  it('WHEN all of it is checked THEN nothing else is wrong', () => {
    expect(errors.filter((error) => !blocks.some((block) => error.includes(`${fileOf(block)}(`)))).toEqual(
      [],
    );
  });
});

describe('GIVEN the TypeScript of the guide to constructs', () => {
  const [environment, redis, route, extension, testing, ...others] = blocksOf('docs/constructs.md', 'ts');
  // Outside the tree: within it `tidegate` is the tree itself.
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'tidegate-docs-'));
    installPackage(project, 'cdk8s', 'constructs');
  });
  afterAll(() => rmSync(project, { recursive: true }));

  it.each([
    ['an environment', environment, 'chat-server\n'],
    ['a Redis alone', redis, 'redis://shop-redis:6379\n'],
    [
      'a Route alone',
      route,
      "{\n  'cloud.google.com/neg': '{\"ingress\": true}',\n  'cloud.google.com/backend-config': '{\"default\":\"shop\"}'\n}\n",
    ],
    ['an extension', extension, ''],
    ['tests of an extension', testing, ''],
  ])(
    'WHEN that of %s is run THEN it prints what it should',
    { timeout: 60_000 },
    async (_, block, printed) => {
      if (block === undefined) throw new Error('The guide has fewer blocks');
      const file = fileOf(block);
      writeFileSync(join(project, file), block.text);
      expect(await command(process.execPath, [file], { cwd: project })).toBe(printed);
    },
  );

  it('WHEN blocks are counted THEN there are no others', () => expect(others).toEqual([]));
});
