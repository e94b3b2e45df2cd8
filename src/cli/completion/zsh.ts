/** The script for zsh. */
import type { CompletedCommand, CompletedFlag } from './shells.ts';

/** A function for each command, with the descriptions that `--help` prints. */
export function zshScript(commands: readonly CompletedCommand[], programs: readonly string[]): string {
  const functions = commands.map((command) => {
    const { path, commands: below, words } = command;
    const flags = command.flags.flatMap(flagSpecs).map((spec) => `    ${spec}`);
    if (below.length === 0)
      return `${nameOf(path)}() {\n  _arguments -s \\\n${[...flags, `    ${words.length > 0 ? `'1:word:(${words.join(' ')})'` : "'*:file:_files'"}`].join(' \\\n')}\n}`;
    const list = below.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`);
    const cases = below
      .filter(({ name }) => name !== 'help')
      .map(({ name }) => `    ${name}) ${nameOf(`${path} ${name}`.trim())} ;;`);
    return `${nameOf(path)}() {
  local state line
  _arguments -C \\
${[...flags, "    '1: :->command'", "    '*:: :->rest'"].join(' \\\n')}
  case $state in
  command)
    local -a commands=(
${list.join('\n')}
    )
    _describe command commands
    ;;
  rest)
    case $line[1] in
${cases.join('\n')}
    esac
    ;;
  esac
}`;
  });
  return `#compdef ${programs.join(' ')}
# Completes ${programs.join(' and ')} in zsh.
${functions.join('\n\n')}

if [ "$funcstack[1]" = "_pipeline" ]; then _pipeline "$@"; else compdef _pipeline ${programs.join(' ')}; fi
`;
}

function nameOf(path: string): string {
  return `_pipeline${path === '' ? '' : `_${path.replaceAll(/[ -]/g, '_')}`}`;
}

function flagSpecs({ names, description, value }: CompletedFlag): string[] {
  const what = description.replaceAll(/[[\]:\\]/g, '\\$&');
  const follows = value === undefined ? '' : value.length === 0 ? ':value:_files' : `:value:(${value.join(' ')})`;
  return names.map((name) => quoted(`${name}[${what}]${follows}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
