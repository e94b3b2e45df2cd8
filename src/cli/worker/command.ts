/** `pipeline worker` on the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import type { StepKind } from '../../plan/step.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples, addParagraph } from '../command-line/help.ts';
import { oneToThousand, port, sessionsOption, storeOption } from '../command-line/options.ts';
import type { WorkerFlags } from './worker.ts';

/** What a worker may do: the kinds of step, and running submitted books until they are delivered. */
type Duty = StepKind | 'deliver';

const KINDS: readonly StepKind[] = ['enroll', 'synthesize', 'master', 'bind'];

/** Adds the command. */
export function registerWorker(root: Command): void {
  const command = root
    .command('worker')
    .description('Do the work of runs on other machines; needs REDIS_URL and the same --store')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .option(
      '--only <kinds>',
      `do only this: ${KINDS.join(', ')} (kinds of step), deliver (run submitted books)`,
      duties,
    )
    .option('--concurrency <kind=n,...>', 'steps at once for each kind, such as synthesize=8,master=2', concurrency)
    .option('--log-format <format>', 'text or json (default: text on a terminal, otherwise json)', logFormat)
    .option('--json', 'the same as --log-format json')
    .option('--http-port <n>', 'serve /metrics, /healthz and /readyz on this port; 0 chooses a free one', port)
    .option('--http-host <address>', 'address to listen on (default: 127.0.0.1); any other needs PIPELINE_API_TOKEN')
    .action(async (flags: WorkerFlags) => {
      const { workerCommand } = await import('./worker.ts');
      await finishCommand(workerCommand(flags), flags);
    });
  addParagraph(
    command,
    'Ctrl-C or SIGTERM stops a worker: steps in progress have 20 s to finish, then other workers get them. PIPELINE_LOG_LEVEL (debug, info, warn, error) sets the level of the log; only debug lines contain words of the book. OTEL_EXPORTER_OTLP_ENDPOINT sends OpenTelemetry traces of the queue.',
  );
  addExamples(command, [
    ['pipeline worker --store /shared/store', 'do everything'],
    ['pipeline worker --only synthesize --concurrency synthesize=32', 'only speak, 32 segments at once'],
    ['pipeline worker --only master,bind --http-port 9464', 'only master and bind, with metrics'],
  ]);
}

function duties(text: string): Duty[] {
  return text.split(',').map((word) => (word.trim() === 'deliver' ? 'deliver' : kindOf(word.trim())));
}

function kindOf(word: string): StepKind {
  const kind = KINDS.find((known) => known === word);
  if (kind === undefined)
    throw new InvalidArgumentError(
      `"${word}" is not a kind of step. Use ${KINDS.join(', ')}; \`--only\` also takes deliver.`,
    );
  return kind;
}

function concurrency(text: string): Partial<Record<StepKind, number>> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [word = '', count = ''] = pair.split('=');
      return [kindOf(word.trim()), oneToThousand(count.trim())];
    }),
  );
}

function logFormat(text: string): 'text' | 'json' {
  if (text !== 'text' && text !== 'json') throw new InvalidArgumentError('Use text or json.');
  return text;
}
