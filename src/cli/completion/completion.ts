/** `pipeline completion`: a script for a shell, made from the commands and flags themselves, so that it always fits this version. */
import type { Command, Option } from 'commander';
import { openTerminal } from '../screen/terminal.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { CompletedCommand, CompletedFlag, Shell } from './shells.ts';
import { zshScript } from './zsh.ts';

/** The names under which the package installs the program. */
const PROGRAMS = ['pipeline', 'narration-pipeline'];

/** Prints the script for the shell. */
export function completionCommand(root: Command, shell: Shell): void {
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
  openTerminal().raw(write(completedCommands(root), PROGRAMS).trimEnd());
}

/** All commands that `--help` lists, with those below them; first the program itself. */
export function completedCommands(root: Command, path = ''): CompletedCommand[] {
  const help = root.createHelp();
  const below = help.visibleCommands(root);
  const own: CompletedCommand = {
    path,
    description: root.description(),
    commands: below.map((command) => ({ name: command.name(), description: command.description() })),
    flags: help.visibleOptions(root).map(flagOf),
    words: root.registeredArguments[0]?.argChoices ?? [],
  };
  const inner = below.filter((command) => command.name() !== 'help');
  return [own, ...inner.flatMap((command) => completedCommands(command, `${path} ${command.name()}`.trim()))];
}

function flagOf({ short, long, description, argChoices, required, optional }: Option): CompletedFlag {
  const names = [short, long].filter((name) => name !== undefined);
  return { names, description, value: required || optional ? (argChoices ?? []) : undefined };
}
