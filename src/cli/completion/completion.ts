/** `pipeline completion`: a script for a shell, made from the commands and flags themselves, so that it always fits this version. */
import type { Command, Option } from 'commander';
import { PROFILE_NAMES } from '../../manifest/manifest.ts';
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

/** What a flag takes that checks its words itself, with an error of its own. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'verify --profile': PROFILE_NAMES,
  'worker --log-format': ['text', 'json'],
};

/** All commands that `--help` lists, with those below them; first the program itself. */
export function completedCommands(root: Command, path = ''): CompletedCommand[] {
  const help = root.createHelp();
  const below = help.visibleCommands(root);
  const own: CompletedCommand = {
    path,
    description: root.description(),
    commands: below.map((command) => ({ name: command.name(), description: command.description() })),
    flags: help.visibleOptions(root).map((option) => flagOf(option, path)),
    words: root.registeredArguments[0]?.argChoices ?? [],
  };
  const inner = below.filter((command) => command.name() !== 'help');
  return [own, ...inner.flatMap((command) => completedCommands(command, `${path} ${command.name()}`.trim()))];
}

function flagOf({ short, long, description, argChoices, required, optional }: Option, path: string): CompletedFlag {
  const words = argChoices ?? WORDS[`${path} ${long}`] ?? [];
  const names = [short, long].filter((name) => name !== undefined);
  return { names, description, value: required || optional ? words : undefined };
}
