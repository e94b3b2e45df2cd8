/** `pipeline limits` on the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import { end } from '../command-line/end.ts';
import { atLeastOne, simulateOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerLimits(root: Command): void {
  root
    .command('limits')
    .description('show or set the limits of the account, for all machines and while they run; needs REDIS_URL')
    .option('--sessions <n>', 'WebSocket sessions at once over all machines', limit)
    .option('--calls-per-minute <n>', 'synthesis calls a minute of each model', limit)
    .option('--enrolments-per-second <n>', 'enrolment calls (create, list, delete) in any second', limit)
    .addOption(simulateOption())
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nThe word "default" instead of a number gives a limit back to each machine\'s own setting.')
    .action(async (flags: import('./limits.ts').LimitsFlags) => {
      const { limitsCommand } = await import('./limits.ts');
      await end(limitsCommand(flags), flags);
    });
}

/** A number, or null for the word that takes a limit away. */
function limit(text: string): number | null {
  if (text === 'default') return null;
  try {
    return atLeastOne(text);
  } catch {
    throw new InvalidArgumentError('A whole number from 1 to 1000 is needed, or the word "default".');
  }
}
