/** `pipeline simulate` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';
import { amount, collect, port, whole } from '../command-line/options.ts';

/** Adds the command. */
export function registerSimulate(root: Command): void {
  root
    .command('simulate')
    .description("a local server that speaks the service's protocol, for trying things without a key")
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', port, 0)
    .option('--state <dir>', 'keep enrolled voices in this folder over restarts')
    .option('--tones', 'tones instead of speech: much less work for this machine')
    .option('--first-audio-ms <n>', 'time to the first sound of a response', whole, 0)
    .option('--times-realtime <x>', 'speech made per second of time; 0 is as fast as it can', amount, 0)
    .option('--api-key <key...>', 'take only these keys (default: any)')
    .option('--fault <kind[:rate=…,nth=…,text=…,times=…,frame=…]>', 'make trouble on purpose; may be repeated', collect)
    .option(
      '--limit <name=value>',
      'enrollPerSecond, sessionsAtOnce, callsPerMinute, callIs, throttleForm, voices',
      collect,
    )
    .option('--speed <name=value>', 'chunkMs, burstMs, burstPauseMs, cloneMs, firstAudioMs, timesRealtime', collect)
    .option(
      '--behaviour <name=value>',
      'idleTimeoutMs, errorCloseCode, appendWhileSpeaking, …; see docs/simulator.md',
      collect,
    )
    .option('--seed <n>', 'decides which calls the faults with a rate strike', whole, 1)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: import('./simulate.ts').SimulateFlags) => {
      const { simulateCommand } = await import('./simulate.ts');
      await end(simulateCommand(flags));
    });
}

const EXAMPLES = `
Examples:
  $ pipeline simulate --port 8080                              an account without trouble
  $ pipeline simulate --fault drop:rate=0.1,frame=3            a tenth of the responses break off
  $ pipeline simulate --fault stall:nth=5 --limit sessionsAtOnce=4
  $ curl -X PUT localhost:8080/simulator/settings -H 'content-type: application/json' -d '{"faults":[]}'`;
