import { statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { command } from '../cluster/command.ts';
import { type BuiltImage, buildImages } from '../images/build-images.ts';

describe('GIVEN the images built from this tree', () => {
  let images: readonly BuiltImage[];
  beforeAll(async () => {
    images = await buildImages();
  });

  it.each([
    ['server', ['serve'], '8000/tcp'],
    ['operator', ['operator', 'run'], '8080/tcp'],
  ])(
    'WHEN the %s is inspected THEN it runs its command as a user without privileges',
    async (name, command, port) => {
      expect(await configOf(images, name)).toMatchObject({
        User: '1000:1000',
        Entrypoint: ['tidegate'],
        Cmd: command,
        ExposedPorts: { [port]: {} },
        WorkingDir: '/app',
      });
    },
  );

  it('WHEN they are built again from the same tree THEN nothing is built', async () => {
    const modified = () => images.map(({ archive }) => statSync(archive).mtimeMs);
    const before = modified();
    expect(await buildImages()).toEqual(images);
    expect(modified()).toEqual(before);
  });
});

async function configOf(images: readonly BuiltImage[], name: string): Promise<unknown> {
  const image = images.find(({ reference }) => reference.includes(`/${name}:`));
  const inspected = await command('skopeo', ['inspect', '--config', `docker-archive:${image?.archive}`]);
  return JSON.parse(inspected).config;
}
