/** The command line as commander knows it: commands, arguments, options, defaults, choices. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Argument, Command, type Option } from 'commander';

/** Each folder here has a file of this name, which adds its commands with a function of this beginning. */
const FOLDER = 'src/cli';
const COMMAND = 'command.ts';
const REGISTERS = /^register/;

/** `pipeline run --store <value>`, … */
export async function readCommands(): Promise<string[]> {
  const root = new Command('pipeline');
  const files = await readdir(FOLDER, { recursive: true });
  for (const name of files.filter((path) => basename(path) === COMMAND).sort()) {
    const module = (await import(resolve(join(FOLDER, name)))) as Record<string, unknown>;
    for (const [exported, value] of Object.entries(module)) {
      if (REGISTERS.test(exported)) (value as (root: Command) => void)(root);
    }
  }
  return linesOf(root, '');
}

function linesOf(command: Command, above: string): string[] {
  const path = `${above}${command.name()}`;
  return [
    path,
    ...command.aliases().map((alias) => `${path} also ${alias}`),
    ...command.registeredArguments.map((argument) => `${path} ${argumentText(argument)}`),
    ...command.options.map((option) => `${path} ${optionText(option)}`),
    ...command.commands.flatMap((sub) => linesOf(sub, `${path} `)),
  ];
}

function argumentText(argument: Argument): string {
  const dots = argument.variadic ? '...' : '';
  return `${argument.required ? `<value${dots}>` : `[value${dots}]`}${valuesOf(argument)}`;
}

function optionText(option: Option): string {
  // How a value is called in the help is wording.
  const flags = option.flags.replace(/([<[])[^\]>.]+/, '$1value');
  return `${flags}${option.mandatory ? ' (must)' : ''}${valuesOf(option)}`;
}

function valuesOf({ defaultValue, argChoices }: Pick<Option, 'defaultValue' | 'argChoices'>): string {
  const preset = defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`;
  return `${argChoices === undefined ? '' : ` of ${argChoices.join('|')}`}${preset}`;
}
