import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const script = (shell: string) =>
  spawnSync('node', ['src/cli/main.ts', 'completion', shell], { encoding: 'utf8' }).stdout;

/** What bash offers after the words, the last of which is being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const set = `COMP_WORDS=(tidegate ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`;
  const run = `${script('bash')}\n${set}\n_tidegate\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync('bash', ['-c', run], { encoding: 'utf8' }).stdout.trim().split('\n');
}

describe('GIVEN the completion for bash', () => {
  it.each([
    [['expl'], ['explain']],
    [['operator', 'r'], ['run']],
    [['operator', 'run', '--watch'], ['--watch-namespace']],
    [['status', 'operator', '--all'], ['--all-namespaces']],
    [['secrets', 'ensure', 'chat.yaml', '--kube'], ['--kubeconfig']],
    [['generat'], ['']],
  ])('WHEN %j is typed THEN %j is offered', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });
});

describe('GIVEN the other shells', () => {
  it('WHEN their scripts are printed THEN they are theirs', () => {
    expect(script('zsh')).toBe(`autoload -Uz bashcompinit && bashcompinit\n${script('bash')}`);
    expect(script('fish')).toContain(
      "complete -c tidegate -n '__fish_seen_subcommand_from operator; and __fish_seen_subcommand_from run' -a '",
    );
  });
});
