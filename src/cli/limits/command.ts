/** `pipeline limits` on the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { oneToThousand, simulateOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerLimits(root: Command): void {
  const command = root
    .command('limits')
    .description('Show or set the limits of the account for all machines, even while they work; needs REDIS_URL')
    .option(
      '--from-service',
      'show what the service allows this key, by model, beside the limits set here; costs nothing',
    )
    .option('--save', 'with --from-service: use these limits on all machines from now on')
    .option('--sessions <n>', 'WebSocket sessions at once on all machines together, or "default"', limit)
    .option('--calls-per-minute <n>', 'synthesis calls per minute for each model, or "default"', limit)
    .option('--enrolments-per-second <n>', 'enrollment calls (create, list, delete) per second, or "default"', limit)
    .addOption(simulateOption())
    .option('--json', 'print one JSON object')
    .action(async (flags: import('./limits.ts').LimitsFlags) => {
      const { limitsCommand } = await import('./limits.ts');
      await finishCommand(limitsCommand(flags), flags);
    });
  addExamples(command, [
    ['pipeline limits', 'show the limits'],
    ['pipeline limits --sessions 16', 'allow 16 sessions on all machines together'],
    ['pipeline limits --sessions default', 'let each machine use its own setting'],
    ['pipeline limits --from-service --save', 'use what the service allows this key'],
  ]);
}

/** A number, or null for the word that removes a limit. */
function limit(text: string): number | null {
  if (text === 'default') return null;
  try {
    return oneToThousand(text);
  } catch {
    throw new InvalidArgumentError(
      'Give a whole number from 1 to 1000, or "default" for the own setting of each machine.',
    );
  }
}
