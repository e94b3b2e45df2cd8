/** Help and usage errors that fit the terminal, and what commands add below their options. */
import type { Argument, Command } from 'commander';
import { shortEchoes } from '../../errors.ts';
import { textWidth } from '../screen/text-width.ts';
import { wrap } from '../screen/wrap.ts';

/** Widest column of flags or commands; a wider one has its description on the next line. */
const MAX_TERM_COLUMNS = 30;
/** Widest column of examples. */
const MAX_EXAMPLE_COLUMNS = 46;
/** A meaning that would be narrower is below its term, after so many blanks. */
const MIN_MEANING_COLUMNS = 24;
const BELOW = 6;
/** Width of help that is not printed on a terminal, and the widest help on one. */
const DEFAULT_WIDTH = 80;
const MAX_WIDTH = 110;

/** Makes the help and the usage errors of a command, and of those it gets later, fit the terminal. */
export function fitHelpToTerminal(root: Command): void {
  root
    .configureOutput({
      getOutHelpWidth: () => helpWidth(process.stdout),
      getErrHelpWidth: () => helpWidth(process.stderr),
      outputError: (text, write) => {
        const ours = shortEchoes(asOurError(text));
        write(process.stderr.isTTY === true ? wrap(ours, helpWidth(process.stderr)).join('\n') : ours);
      },
    })
    .helpOption('-h, --help', 'show this help')
    .configureHelp({
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
      padWidth: (command, helper) =>
        Math.min(
          MAX_TERM_COLUMNS,
          Math.max(
            helper.longestOptionTermLength(command, helper),
            helper.longestSubcommandTermLength(command, helper),
            helper.longestArgumentTermLength(command, helper),
          ),
        ),
      styleUsage(usage) {
        return wrap(`Usage: ${usage}`, this.helpWidth ?? DEFAULT_WIDTH, BELOW)
          .join('\n')
          .slice('Usage: '.length);
      },
      formatItem: (term, termWidth, description, helper) =>
        itemLines([term, description], { termWidth, width: helper.helpWidth ?? DEFAULT_WIDTH }).join('\n'),
    });
}

/** An error of the parser of arguments, as the program words its own: `pipeline: Unknown option '--x'`. */
export function asOurError(text: string): string {
  return text.replace(/^error: ./, (start) => `pipeline: ${start.slice(-1).toUpperCase()}`);
}

/** A term and what it means. */
export type Item = readonly [term: string, meaning: string];

/** Adds examples below the options: commands, each with what it is for. */
export function addExamples(command: Command, examples: readonly Item[]): void {
  const items = examples.map(([line, meaning]): Item => [`$ ${line}`, meaning]);
  addSection(command, { heading: 'Examples:', items, most: MAX_EXAMPLE_COLUMNS, below: BELOW });
}

/** Adds a section of terms and meanings in two columns below the options. */
export function addSection(
  command: Command,
  of: {
    heading: string;
    items: readonly Item[];
    /** Widest column of terms; a wider term has its meaning on the next line. */
    most?: number;
    /** Blanks before such a meaning. Default: it stands in the column of the others. */
    below?: number;
  },
): void {
  const { heading, items, most = MAX_TERM_COLUMNS, below } = of;
  const termWidth = Math.min(most, Math.max(...items.map(([term]) => textWidth(term))));
  command.addHelpText('after', ({ error }) => {
    const width = widthFor(command, error);
    return ['', heading, ...items.flatMap((item) => itemLines(item, { termWidth, width, below }))].join('\n');
  });
}

/** Adds a paragraph below the options. */
export function addParagraph(command: Command, text: string): void {
  command.addHelpText('after', ({ error }) => {
    const width = widthFor(command, error);
    return ['', ...wrap(text, width, 0)].join('\n');
  });
}

function itemLines(
  [term, meaning]: Item,
  { termWidth, width, below }: { termWidth: number; width: number; below?: number | undefined },
): string[] {
  if (meaning === '') return wrap(`  ${term}`, width, 2);
  const beside = 2 + termWidth + 2;
  const isNarrow = width - beside < MIN_MEANING_COLUMNS;
  const isWide = isNarrow || textWidth(term) > termWidth;
  const column = isNarrow ? BELOW : isWide && below !== undefined ? below : beside;
  const lines = wrap(meaning, width - column, 0).map((line) => ' '.repeat(column) + line);
  if (isWide) return [...wrap(`  ${term}`, width, BELOW), ...lines];
  const [first = '', ...others] = lines;
  return [`  ${term}${first.slice(2 + textWidth(term))}`, ...others];
}

function termOf(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What `fitHelpToTerminal` says, or a program that wants the help for something else. */
function widthFor(command: Command, error: boolean): number {
  const { getErrHelpWidth, getOutHelpWidth } = command.configureOutput();
  return (error ? getErrHelpWidth : getOutHelpWidth)?.() ?? DEFAULT_WIDTH;
}

function helpWidth(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true ? Math.min(stream.columns || DEFAULT_WIDTH, MAX_WIDTH) : DEFAULT_WIDTH;
}
