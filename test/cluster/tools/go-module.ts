import { command } from '../command.ts';

/** Directory with the source of a Go module at a version such as `v1.2.3`, fetched through the module proxy into Go's own cache; read-only. */
export async function goModule(module: string, version: string): Promise<string> {
  const answer = await command('go', ['mod', 'download', '-json', `${module}@${version}`], {
    env: { GOFLAGS: '-mod=mod' },
  });
  const { Dir: directory } = JSON.parse(answer) as { Dir: string };
  return directory;
}
