/** The script for fish. */
import type { CompletedCommand } from './shells.ts';

/** One line for each command and flag. */
export function fishScript(commands: readonly CompletedCommand[], programs: readonly string[]): string {
  const lines = programs.flatMap((program) =>
    commands.flatMap(({ path, commands: below, flags, words }) => {
      const within = conditionOf(
        path,
        below.map(({ name }) => name),
      );
      return [
        ...below.map(
          ({ name, description }) => `complete -c ${program} -n ${within} -f -a ${name} -d ${quoted(description)}`,
        ),
        ...words.map((word) => `complete -c ${program} -n ${within} -f -a ${word}`),
        ...flags.map(({ names, description, value }) => {
          const named = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
          const follows =
            value === undefined ? '' : value.length === 0 ? ' -r -F' : ` -x -a ${quoted(value.join(' '))}`;
          return `complete -c ${program} -n ${within} ${named.join(' ')}${follows} -d ${quoted(description)}`;
        }),
      ];
    }),
  );
  return `# Completes ${programs.join(' and ')} in fish.\n${lines.join('\n')}\n`;
}

/** Where in a line the words of a command are offered: after all its words, and before one of a command below it. */
function conditionOf(path: string, below: readonly string[]): string {
  const seen = path.split(' ').filter((word) => word !== '');
  if (seen.length === 0) return '__fish_use_subcommand';
  const all = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
  const none = below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(' ')}`];
  return quoted([...all, ...none].join('; and '));
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
