/** What receiving speech costs this machine: seconds of audio for each CPU second of the client, against a server of its own process. */

import { createMeter } from '../../src/audio/measure/meter.ts';
import { openSpeaker } from './engine.ts';
import type { Bench } from './main.ts';
import { startSimulatorProcess } from './program.ts';

const SESSIONS = 8;
const TEXTS = 400;
const BAR = 1_000;
const SENTENCE =
  'The lamp went out over the harbour and nobody on the pier could say which of the boats had seen it first. ';

/** 400 responses over 8 sessions, as fast as they come. Bar: 1,000 s of audio for each CPU second of the client alone. */
export const clientCpu: Bench = async (say) => {
  const simulator = await startSimulatorProcess(['--tones', '--behaviour', 'adoptVoices=true']);
  try {
    const alone = await receive(simulator.port, () => undefined);
    say(`client alone: ${line(alone)} (bar ${BAR})`);
    const measured = await receive(simulator.port, () => {
      const meter = createMeter(24_000);
      return (chunk) => meter.push(chunk);
    });
    say(`client with the measuring of takes: ${line(measured)}`);
    return alone.audioSeconds / alone.cpuSeconds >= BAR;
  } finally {
    await simulator.stop();
  }
};

interface Received {
  audioSeconds: number;
  cpuSeconds: number;
}

type Sink = (chunk: Buffer) => void;

async function receive(port: number, sinkOf: () => Sink | undefined): Promise<Received> {
  const { speaker: pool, request } = await openSpeaker(port, { maxSessions: SESSIONS });
  const speak = async (index: number): Promise<number> => {
    const sink = sinkOf();
    const text = `${index}. ${SENTENCE.repeat(3)}`;
    const { byteLength } = await pool.speak({ ...request, text }, { onAudio: (chunk) => sink?.(chunk) });
    return byteLength / 48_000;
  };
  // The first sessions and the compiler are warm before the clock runs.
  await Promise.all(Array.from({ length: SESSIONS }, (_, index) => speak(-index)));
  const before = process.cpuUsage();
  const seconds = await Promise.all(Array.from({ length: TEXTS }, (_, index) => speak(index)));
  const { user, system } = process.cpuUsage(before);
  await pool.close();
  return { audioSeconds: seconds.reduce((sum, value) => sum + value, 0), cpuSeconds: (user + system) / 1e6 };
}

function line({ audioSeconds, cpuSeconds }: Received): string {
  return `${audioSeconds.toFixed(0)} s of audio for ${cpuSeconds.toFixed(2)} CPU seconds: ${(audioSeconds / cpuSeconds).toFixed(0)} × real time`;
}
