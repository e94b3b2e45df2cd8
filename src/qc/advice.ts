import type { MeasuredFile } from './measured-file.ts';
import type { Profile } from './profiles.ts';

/** A remark on a file that breaks no rule, yet is a known reason to be sent back or to be complained about. */
export interface Advice {
  message: string;
  atSeconds: number;
}

/** Digital zero for as long as this is heard as a dropout on headphones. */
const DIGITAL_SILENCE_SECONDS = 0.4;
/** Listeners take a longer silence for the end of the file. */
const LONG_SILENCE_SECONDS = 5;

/** What to look at although every rule may pass. Pure. */
export function adviceOn(measured: MeasuredFile, profile: Profile): Advice[] {
  const advice: Advice[] = [];
  const { longestDigitalSilence: zero, longestSilence: silence } = measured;
  if (profile.roomToneDbfs !== null && zero !== null && zero.seconds >= DIGITAL_SILENCE_SECONDS) {
    advice.push({
      message: `${zero.seconds.toFixed(1)} s of digital silence: shops that listen to the pauses want quiet room tone instead.`,
      atSeconds: zero.startSeconds,
    });
  }
  if (silence !== null && silence.seconds > LONG_SILENCE_SECONDS) {
    advice.push({
      message: `${silence.seconds.toFixed(1)} s without a sound in the middle: is something missing?`,
      atSeconds: silence.startSeconds,
    });
  }
  return advice;
}
