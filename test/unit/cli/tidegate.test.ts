import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const tidegate = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('node', ['src/cli/main.ts', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('GIVEN the command line', () => {
  it('WHEN specs are right THEN each is named and the shell sees 0', () => {
    expect(tidegate('validate', 'environments/dev.yaml', 'environments/preview.yaml')).toEqual({
      status: 0,
      stdout: 'chat-dev/dev is right\nchat-preview/preview is right\n',
      stderr: '',
    });
  });

  it('WHEN a spec cannot be read THEN one sentence says what to do and the shell sees 1', () => {
    expect(tidegate('validate', 'nowhere.yaml')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'tidegate: TG1006 nowhere.yaml: There is no such file or directory. Give the path of a file or directory that can be read.\n',
    });
  });

  it.each([[['--output', 'json']], [['--output=json']], [['-ojson']]])(
    'WHEN JSON is asked for by %j THEN problems are JSON too',
    (args) => {
      const { status, stdout } = tidegate('validate', 'nowhere.yaml', ...args);
      expect([status, JSON.parse(stdout).errors[0].code]).toEqual([1, 'TG1006']);
    },
  );

  it.each([
    [['bogus'], "unknown command 'bogus'"],
    [['validate', 'environments', '-o', 'xml'], 'Allowed choices are text, json.'],
    [['dev', '--port', '70000'], 'It must be a whole number from 0 to 65535.'],
    [['validate'], "missing required argument 'files'"],
  ])('WHEN it is called wrongly as %s THEN it says how and the shell sees 2', (args, message) => {
    const { status, stderr } = tidegate(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
