import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadApplication } from '../../../src/server/app/application-module.ts';
import type { RealtimeApp } from '../../../src/server/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-application-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function module(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(path: string): Promise<string> {
  try {
    await (await loadApplication(path)).define({} as RealtimeApp);
  } catch (error) {
    return (error as Error).message.replace(`${path}: `, '');
  }
  throw new Error('The module was to be refused');
}

describe('GIVEN a module with a function as its default export', () => {
  it('WHEN it is loaded THEN it defines the application, beside the bundled endpoints', async () => {
    const path = module(
      'app.mjs',
      'export default async (app) => { await null; app.websocket("/shout", async () => {}); };',
    );
    const paths: string[] = [];
    const { define, bundled } = await loadApplication(path);
    await define({ websocket: (at: string) => void paths.push(at) } as unknown as RealtimeApp);
    expect({ paths, bundled }).toEqual({ paths: ['/shout'], bundled: true });
  });

  it('WHEN it says that nothing is bundled THEN so it is', async () => {
    const path = module('alone.mjs', 'export default () => {}; export const bundled = false;');
    expect((await loadApplication(path)).bundled).toBe(false);
  });
});

describe('GIVEN what is no application', () => {
  it('WHEN there is no file THEN it is named', async () => {
    const path = join(directory, 'nowhere.ts');
    expect(await refusal(path)).toBe(
      `TG2101 There is no file ${path}. Give the path of an ES module in TypeScript or JavaScript.`,
    );
  });

  it.each([
    ['none.mjs', 'export const app = 1;', 'It exports nothing by default'],
    ['value.mjs', 'export default "app";', 'It exports a value of type string by default'],
    [
      'bundled.mjs',
      'export default () => {}; export const bundled = "no";',
      'What it exports as bundled is of type string',
    ],
  ])('WHEN %s exports something else THEN that is said', async (name, text, reason) => {
    expect(await refusal(module(name, text))).toBe(
      `TG2102 ${reason}. Export a function that takes the application by default, and bundled, if at all, as a boolean.`,
    );
  });
});
