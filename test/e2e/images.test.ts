import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/spec/index.ts';
import { command } from '../cluster/command.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { type BuiltImage, buildExample, buildImages } from '../images/build-images.ts';
import { Container } from '../images/container.ts';
import { imageConfig, unpackImage } from '../images/unpacked-image.ts';
import { TestClient } from '../integration/server/client.ts';
import { freePort } from '../integration/server/stores/store-process.ts';

/** What helps whoever breaks in, and no one else. */
const UNWANTED = [
  ...['sh', 'bash', 'dash', 'ash', 'zsh', 'busybox', 'toybox', 'env', 'perl', 'python3'],
  ...['apt', 'apt-get', 'dpkg', 'apk', 'npm', 'npx', 'corepack', 'yarn', 'curl', 'wget'],
  ...['su', 'sudo', 'mount', 'chmod'],
];

const directory = mkdtempSync(join(tmpdir(), 'tidegate-images-'));
const containers: Container[] = [];
afterAll(async () => {
  await Promise.all(containers.map((container) => container.stop()));
  rmSync(directory, { recursive: true });
});

describe('GIVEN the images built from this tree', () => {
  let images: readonly BuiltImage[];
  const archiveOf = (name: string) =>
    images.find(({ reference }) => reference.includes(`/${name}:`))?.archive ?? '';
  beforeAll(async () => {
    images = await buildImages();
  });

  it.each([
    ['server', ['serve'], '8000/tcp'],
    ['operator', ['operator', 'run'], '8080/tcp'],
  ])(
    'WHEN the %s is inspected THEN it runs its command as a user without privileges',
    async (name, command, port) => {
      expect(await imageConfig(archiveOf(name))).toMatchObject({
        User: '1000:1000',
        Entrypoint: ['tidegate'],
        Cmd: command,
        ExposedPorts: { [port]: {} },
        WorkingDir: '/app',
      });
    },
  );

  it.each(['server', 'operator'])(
    'WHEN the files of the %s are looked through THEN there is no shell, no package manager, and no way to other rights',
    async (name) => {
      const root = join(directory, name);
      await unpackImage(archiveOf(name), root);
      const found = (...tests: string[]) => command('find', [root, ...tests, '-printf', '%P\n']);
      const names = UNWANTED.flatMap((unwanted) => ['-o', '-name', unwanted]).slice(1);
      expect(await found('!', '-type', 'd', '(', ...names, ')')).toBe('');
      expect(await found('-perm', '/6000')).toBe('');
      expect(await found('-user', '1000')).toBe('var/lib/tidegate\n');
      expect(await found('-perm', '-0002', '!', '-type', 'l')).toBe('tmp\n');
    },
  );

  it('WHEN the operator is asked for its version THEN it answers, on a root file system it cannot write to', async () => {
    const operator = await run(archiveOf('operator'), { args: ['--version'] });
    expect([await operator.ended(), operator.output]).toEqual([0, `${VERSION}\n`]);
  });

  it('WHEN they are built again from the same tree THEN nothing is built', async () => {
    const modified = () => images.map(({ archive }) => statSync(archive).mtimeMs);
    const before = modified();
    expect(await buildImages()).toEqual(images);
    expect(modified()).toEqual(before);
  });
});

describe("GIVEN a team's application, copied onto the server's image", () => {
  it('WHEN it runs as pods do THEN its endpoints answer, and it drains when it is told to end', async () => {
    const { archive } = await buildExample();
    const port = await freePort();
    const env = { TIDEGATE_HOST: '127.0.0.1', TIDEGATE_PORT: `${port}` };
    const container = await run(archive, { env, volumes: ['/tmp', '/var/lib/tidegate'] });
    const url = `http://127.0.0.1:${port}`;
    await waitFor(`the server to be ready: ${container.output}`, async () =>
      (await fetch(`${url}/readyz`)).ok ? true : undefined,
    );
    const bidder = await TestClient.connect(`${url}/auctions/vase?bidder=ann`);
    bidder.send('{"amount":100}');
    await bidder.waitForCount(1);
    expect(bidder.events).toEqual([{ bidder: 'ann', amount: 100 }]);
    const best = await fetch(`${url}/auctions/vase/best`);
    expect(await best.json()).toEqual({ bidder: 'ann', amount: 100 });
    expect(await container.stop()).toBe(0);
    expect((await bidder.closed).code).toBe(1012);
  });
});

async function run(...args: Parameters<typeof Container.run>): Promise<Container> {
  const container = await Container.run(...args);
  containers.push(container);
  return container;
}
