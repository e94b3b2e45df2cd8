/** `pipeline worker` on the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import type { StepKind } from '../../plan/step.ts';
import { end } from '../command-line/end.ts';
import { atLeastOne, port, sessionsOption, storeOption } from '../command-line/options.ts';
import type { WorkerFlags } from './worker.ts';

/** What a worker may do: the kinds of step, and seeing books through that were handed in. */
type Duty = StepKind | 'deliver';

const KINDS: readonly StepKind[] = ['enroll', 'synthesize', 'master', 'bind'];

/** Adds the command. */
export function registerWorker(root: Command): void {
  root
    .command('worker')
    .description('work for runs on other machines; needs REDIS_URL and the same --store')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .option(
      '--only <kinds>',
      `do this alone: ${KINDS.join(', ')} (kinds of step), deliver (see detached books through)`,
      duties,
    )
    .option('--concurrency <kind=n,...>', 'steps at once by kind, such as synthesize=8,master=2', concurrency)
    .option('--log-format <format>', 'text or json (default: text on a terminal, json otherwise)', logFormat)
    .option('--http-port <n>', 'serve /metrics, /healthz and /readyz on this port; 0 takes a free one', port)
    .option(
      '--http-host <address>',
      'where to listen (default: 127.0.0.1, for this machine only); any other needs PIPELINE_API_TOKEN',
    )
    .addHelpText('after', HELP)
    .action(async (flags: WorkerFlags) => {
      const { workerCommand } = await import('./worker.ts');
      await end(workerCommand(flags));
    });
}

function duties(text: string): Duty[] {
  return text.split(',').map((word) => (word.trim() === 'deliver' ? 'deliver' : kindOf(word.trim())));
}

function kindOf(word: string): StepKind {
  const kind = KINDS.find((known) => known === word);
  if (kind === undefined)
    throw new InvalidArgumentError(
      `"${word}" is no kind of step. They are ${KINDS.join(', ')}; \`--only\` knows deliver, too.`,
    );
  return kind;
}

function concurrency(text: string): Partial<Record<StepKind, number>> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [word = '', count = ''] = pair.split('=');
      return [kindOf(word.trim()), atLeastOne(count.trim())];
    }),
  );
}

function logFormat(text: string): 'text' | 'json' {
  if (text !== 'text' && text !== 'json') throw new InvalidArgumentError('The format is text or json.');
  return text;
}

const HELP = `
A worker stops with SIGTERM or Ctrl-C: steps under way get 20 s, what does not end is handed back to the others.
PIPELINE_LOG_LEVEL (debug, info, warn, error) says how much is logged; words of the book are in debug lines alone.
OTEL_EXPORTER_OTLP_ENDPOINT sends traces of the queue there, by OpenTelemetry's own conventions.

Examples:
  $ pipeline worker --store /shared/store                        everything
  $ pipeline worker --only synthesize --concurrency synthesize=32
  $ pipeline worker --only master,bind --http-port 9464           curl localhost:9464/metrics`;
