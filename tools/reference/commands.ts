/** docs/reference/commands.md, from what `--help` prints. */
import type { EventEmitter } from 'node:events';
import type { Command } from 'commander';
import { pipelineProgram } from '../../src/cli/program.ts';
import { anchor, block, code, document, plain, table } from './markdown.ts';

/** Width of the examples. */
const WIDTH = 100;

/** The document. */
export function commandsDocument(): string {
  const root = pipelineProgram();
  return document([
    '# Commands',
    'What `pipeline COMMAND --help` prints. [settings.md](settings.md) lists the environment, [exit-codes.md](exit-codes.md) the exit codes, [events.md](events.md) what `--json` prints.',
    ...overview(root),
    ...visible(root).flatMap((command) => sections(command, [])),
  ]);
}

/** The commands that `--help` lists, without `help` itself. */
export function visible(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
}

function overview(root: Command): string[] {
  const groups = new Map<string, Command[]>();
  for (const one of visible(root)) groups.set(one.helpGroup(), [...(groups.get(one.helpGroup()) ?? []), one]);
  return [...groups].map(([heading, commands]) => {
    const rows = commands.map((one) => [
      `[${code(one.name())}](${anchor(`pipeline ${one.name()}`)})`,
      plain(one.description()),
    ]);
    return `**${heading.replace(/:$/, '')}**\n\n${table(['command', 'what it does'], rows)}`;
  });
}

function sections(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()];
  const level = '#'.repeat(path.length + 1);
  const below = visible(command);
  return [
    `${level} pipeline ${path.join(' ')}`,
    `${plain(command.description())}.`,
    block(`pipeline ${path.join(' ')} ${command.usage()}`),
    terms(command),
    notes(command),
    ...below.flatMap((one) => sections(one, path)),
  ];
}

/** Arguments and flags in one table. */
function terms(command: Command): string {
  const help = command.createHelp();
  const rows = [
    ...help.visibleArguments(command).map((one) => [code(help.argumentTerm(one)), help.argumentDescription(one)]),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map((one) => [code(one.flags), help.optionDescription(one)]),
  ].map(([term = '', meaning = '']) => [term, plain(meaning)]);
  return rows.length === 0 ? '' : table(['argument or flag', 'meaning'], rows);
}

/** What `--help` prints below the flags: examples and remarks. */
function notes(command: Command): string {
  const texts: string[] = [];
  command.configureOutput({ getOutHelpWidth: () => WIDTH });
  const help = { error: false, command, write: (text: string) => texts.push(text) };
  // Commander's types leave out that a command emits events.
  (command as unknown as EventEmitter).emit('afterHelp', help);
  return texts.length === 0 ? '' : block(texts.join(''));
}
