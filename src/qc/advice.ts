import type { MeasuredFile } from './measured-file.ts';
import type { Profile } from './profiles.ts';

/** A remark on a file that breaks no rule but is a known reason for rejections or complaints. */
export interface Advice {
  message: string;
  atSeconds: number;
}

/** Digital silence of this length sounds like a dropout on headphones. */
const DIGITAL_SILENCE_SECONDS = 0.4;
/** Listeners take a longer silence for the end. */
const LONG_SILENCE_SECONDS = 5;

/** Remarks on a file, even if every rule passes. Pure. */
export function adviceOn(measured: MeasuredFile, profile: Profile): Advice[] {
  const advice: Advice[] = [];
  const { longestDigitalSilence: zero, longestSilence: silence } = measured;
  if (profile.roomToneDbfs !== null && zero !== null && zero.seconds >= DIGITAL_SILENCE_SECONDS) {
    advice.push({
      message: `${zero.seconds.toFixed(1)} s of digital silence. Shops that check the pauses expect quiet room tone instead.`,
      atSeconds: zero.startSeconds,
    });
  }
  if (silence !== null && silence.seconds > LONG_SILENCE_SECONDS) {
    advice.push({
      message: `${silence.seconds.toFixed(1)} s of silence in the middle. Check whether something is missing.`,
      atSeconds: silence.startSeconds,
    });
  }
  return advice;
}
