import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-reload-'));
const env = { TIDEGATE_DATA_DIRECTORY: join(directory, 'data') };
const path = (name: string) => join(directory, name);
let server: ServerProcess;

/** Writes a file as many editors do: a new one takes the place of the old one. */
function save(name: string, text: string): void {
  writeFileSync(path('.saving'), text);
  renameSync(path('.saving'), path(name));
}

const word = (text: string) => `export const word = '${text}';\n`;
const APP = `import type { RealtimeApp } from 'tidegate/server';
import { word } from './word.ts';

export default function echo(app: RealtimeApp): void {
  app.websocket('/word', async (socket) => {
    await socket.accept();
    socket.sendText(\`\${word} in \${app.settings.app.environment}\`);
    for await (const _ of socket.texts());
  });
}
`;

const times = (text: string) => server.output.split(text).length - 1;

/** A client that the server tells to come back when something is done, and what it is served by then. */
async function comesBack(change: () => void): Promise<string | undefined> {
  const client = await connected();
  change();
  expect((await client.closed).code).toBe(1012);
  return (await connected()).texts[0];
}

async function connected(): Promise<TestClient> {
  const client = await TestClient.connect(`${server.url}/word`);
  await client.waitForCount(1);
  return client;
}

beforeAll(async () => {
  save('app.ts', APP);
  save('word.ts', word('one'));
  save('settings.yaml', 'app: { environment: development }\n');
  const args = ['serve', path('app.ts'), '--reload', '--settings', path('settings.yaml')];
  server = await ServerProcess.start(args, env);
  await server.whenReady();
});
afterAll(async () => {
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

describe('GIVEN tidegate serve --reload with a client', () => {
  it('WHEN the application or what it imports is saved THEN the client is told to come back, and gets the new one', async () => {
    expect((await connected()).texts).toEqual(['one in development']);
    expect(await comesBack(() => save('word.ts', word('two')))).toBe('two in development');
    expect(await comesBack(() => save('app.ts', APP.replace('} in', '} at')))).toBe('two at development');
  });

  it('WHEN the settings are saved THEN they hold', async () => {
    const change = () => save('settings.yaml', 'app: { environment: production }\n');
    expect(await comesBack(change)).toBe('two at production');
  });

  it('WHEN the settings are wrong THEN it says so, and the old ones serve on', async () => {
    const client = await connected();
    save('settings.yaml', 'logLevel: loud\n');
    await waitFor('the refusal', () => times('The settings are wrong; waiting for a change') || undefined);
    expect(await comesBack(() => save('settings.yaml', 'logLevel: info\n'))).toBe('two at production');
    expect((await client.closed).code).toBe(1012);
  });

  it.each([
    ['has a wrong syntax', 'word.ts', 'export const = 3;\n', 'It cannot be imported: SyntaxError'],
    ['imports what is missing', 'word.ts', "export * from './gone.ts';\n", 'Cannot find module'],
  ])(
    'WHEN a module %s THEN it says so, the old one serves on, and a mended one follows',
    async (_, name, wrong, said) => {
      const before = times('The application does not load; waiting for a change');
      save(name, wrong);
      await waitFor(
        'the failure',
        () => times('The application does not load; waiting for a change') > before || undefined,
      );
      expect(server.output).toContain(said);
      expect((await connected()).texts).toEqual(['two at production']);
      expect(await comesBack(() => save('word.ts', word('two')))).toBe('two at production');
    },
  );

  it('WHEN a module that was missing comes THEN it is served', async () => {
    const before = times('The application does not load');
    save('word.ts', "export * from './late.ts';\n");
    await waitFor('the failure', () => times('The application does not load') > before || undefined);
    expect(await comesBack(() => save('late.ts', word('three')))).toBe('three at production');
  });

  it('WHEN the application fails as it starts THEN clients wait for a mended one', async () => {
    const before = times('The application ended; waiting for a change');
    save('app.ts', 'export default () => { throw new Error("No such thing"); };\n');
    await waitFor(
      'its end',
      () => times('The application ended; waiting for a change') > before || undefined,
    );
    const client = connected();
    save('app.ts', APP);
    expect((await client).texts).toEqual(['three in production']);
  });

  it('WHEN it is stopped THEN the client is told to come back, and it ends with 0', async () => {
    const client = await connected();
    server.child.kill('SIGTERM');
    expect((await client.closed).code).toBe(1012);
    expect(await server.ended()).toBe(0);
  });
});

describe('GIVEN tidegate serve --reload where it is not wanted', () => {
  it('WHEN this is production THEN it says so and does not start', async () => {
    const refused = await ServerProcess.start(['serve', '--reload'], { ...env, NODE_ENV: 'production' });
    expect(await refused.ended()).toBe(1);
    expect(refused.output).toBe(
      'tidegate: TG2203: NODE_ENV says that this is production. Leave --reload away, or unset NODE_ENV to develop.\n',
    );
  });

  it('WHEN several workers are asked for as well THEN it is refused', async () => {
    const refused = await ServerProcess.start(['serve', '--reload', '--workers', '2'], env);
    expect(await refused.ended()).toBe(2);
    expect(refused.output).toContain("option '--reload' cannot be used with option '--workers <number>'");
  });
});
