/** Commands that a later version will have: they answer with exit code 2, and with what to use until then. */
import type { Command } from 'commander';
import { VERSION } from '../../composition/version.ts';
import { EXIT } from './exit-codes.ts';
import { addSection } from './help.ts';

/** Each command, and what to use today. None at present. */
const PLANNED_COMMANDS: Readonly<Record<string, string>> = {};

/** Adds the commands, hidden from the list of commands, and a section that names them. */
export function addPlannedCommands(root: Command, planned: Readonly<Record<string, string>> = PLANNED_COMMANDS): void {
  for (const [name, instead] of Object.entries(planned)) {
    const message = unavailable(`pipeline ${name}`, instead);
    const command = root.command(name, { hidden: true }).description(message);
    // Whatever is asked of it, `--help` too, has the same answer.
    command
      .argument('[anything...]')
      .allowUnknownOption()
      .helpOption(false)
      .on('beforeAllHelp', () => refuse(command, message))
      .action(() => refuse(command, message));
  }
  const names = Object.keys(planned).join(', ');
  if (names === '') return;
  addSection(root, { heading: `Planned, not available in ${VERSION}:`, items: [[names, '']] });
}

function unavailable(what: string, instead: string): string {
  return `\`${what}\` is not available in this version (${VERSION}). ${instead}`;
}

/** Ends like every other wrong command line: on stderr, and with `--json` as an event on stdout. */
function refuse(command: Command, message: string): never {
  return command.error(`error: ${message}`, { exitCode: EXIT.wrongInput });
}
