/** The script for bash. */
import type { CompletedCommand } from './shells.ts';

/** Completes commands, flags and the words that a flag allows; everything else is a file. */
export function bashScript(commands: readonly CompletedCommand[], programs: readonly string[]): string {
  const cases = commands.map(({ path, commands: below, flags, words: own }) => {
    const words = [...own, ...below.map(({ name }) => name), ...flags.flatMap(({ names }) => names)];
    return `    '${path}') words='${words.join(' ')}' ;;`;
  });
  const values = commands.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) =>
      value === undefined ? [] : names.map((name) => `    '${path} ${name}') words='${value.join(' ')}'; takes=1 ;;`),
    ),
  );
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  return `# Completes ${programs.join(' and ')} in bash.
_narration_pipeline() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path='' word words='' takes=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $before" in
${values.join('\n')}
  esac
  if [ -z "$takes" ]; then case "$path" in
${cases.join('\n')}
  esac; fi
  # A path begins with a letter too, so files are offered beside the commands.
  if [ -n "$words" ] && { [ -z "$takes" ] || [ -n "$words" ]; }; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
  if [[ "$current" != -* && -z "$takes" && -n "$path" ]] || [[ -n "$takes" && -z "$words" ]]; then
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _narration_pipeline ${programs.join(' ')}
`;
}
