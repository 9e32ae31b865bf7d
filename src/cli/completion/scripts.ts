import type { CommandWords } from './command-words.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** A script that makes a shell complete commands and options; files where there is no better word. */
export function completionScript(shell: Shell, commands: readonly CommandWords[]): string {
  if (shell === 'fish') return fish(commands);
  return shell === 'zsh' ? `autoload -Uz bashcompinit && bashcompinit\n${bash(commands)}` : bash(commands);
}

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ command, words }) => `    '${command}') words='${words.join(' ')}' ;;`);
  return `_tidegate() {
  local typed='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    case '${known(commands)}' in
      *" $typed\${typed:+ }$word|"*) typed="$typed\${typed:+ }$word" ;;
    esac
  done
  case "$typed" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _tidegate tidegate
`;
}

/** All commands in a text in which each is found whole, as \` operator run|\`. */
function known(commands: readonly CommandWords[]): string {
  return commands.map(({ command }) => ` ${command}|`).join('');
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.map(({ command, words }) => {
    const seen = command.split(' ').filter((word) => word !== '');
    const condition =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    return `complete -c tidegate -n '${condition}' -a '${words.join(' ')}'`;
  });
  return `${lines.join('\n')}\n`;
}
