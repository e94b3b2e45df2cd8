/** `pipeline simulate` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples, addParagraph } from '../command-line/help.ts';
import { amount, collect, port, wholeNumber } from '../command-line/options.ts';

/** Adds the command. */
export function registerSimulate(root: Command): void {
  const command = root
    .command('simulate')
    .description('Run a local server that simulates the service, to try things without a key')
    .option('--port <n>', 'port on 127.0.0.1; 0 chooses a free one', port, 0)
    .option('--state <dir>', 'folder that keeps enrolled voices across restarts')
    .option('--tones', 'make tones instead of speech; much less work for this machine')
    .option('--first-audio-ms <n>', 'milliseconds until the first sound of a response', wholeNumber, 0)
    .option('--times-realtime <x>', 'seconds of speech per second; 0 is as fast as possible', amount, 0)
    .option('--api-key <key...>', 'accept only these keys (default: any)')
    .option(
      '--fault <kind[:…]>',
      'make a fault on purpose: kind, and rate=, nth=, text=, times= or frame=; repeatable',
      collect,
    )
    .option(
      '--limit <name=value>',
      'set enrollPerSecond, sessionsAtOnce, callsPerMinute, callIs, throttleForm or voices; repeatable',
      collect,
    )
    .option(
      '--speed <name=value>',
      'set chunkMs, burstMs, burstPauseMs, cloneMs, firstAudioMs or timesRealtime; repeatable',
      collect,
    )
    .option(
      '--behaviour <name=value>',
      'set idleTimeoutMs, errorCloseCode, appendWhileSpeaking, …; repeatable; see docs/reference/simulator.md',
      collect,
    )
    .option(
      '--inference <name=value>',
      'set textGapMs, words, usage, retired, deployingPolls, … of the inference protocol; repeatable; see docs/reference/simulator.md',
      collect,
    )
    .option(
      '--openai-speech <name=value>',
      'set profile, ignoresRefAudio, wavSizes, … of POST /v1/audio/speech; repeatable; see docs/reference/simulator.md',
      collect,
    )
    .option('--seed <n>', 'random seed that decides which calls get the faults with a rate', wholeNumber, 1)
    .option('--json', 'print the addresses as one JSON object')
    .action(async (flags: import('./simulate.ts').SimulateFlags) => {
      const { simulateCommand } = await import('./simulate.ts');
      await finishCommand(simulateCommand(flags), flags);
    });
  addExamples(command, [
    ['pipeline simulate --port 8080', 'no faults'],
    ['pipeline simulate --fault drop:rate=0.1,frame=3', 'a tenth of the responses break off'],
    ['pipeline simulate --fault stall:nth=5 --limit sessionsAtOnce=4', ''],
  ]);
  addParagraph(
    command,
    'PUT /simulator/settings changes the settings of a running server; see docs/reference/simulator.md.',
  );
}
