/** A recording that is nobody's: a hum with the rhythm of syllables. The same each time. */
import { BYTES_PER_SAMPLE, wavHeader } from '../../audio/pcm.ts';
import { NATIVE_RATE_HZ } from './protocol.ts';

const SECONDS = 3;
const PITCH_HZ = 310;
const SYLLABLES_PER_SECOND = 3;

/** A WAV file with it; the same bytes each time. */
export function madeUpVoice(): Buffer {
  const samples = SECONDS * NATIVE_RATE_HZ;
  const header = wavHeader({ sampleRateHz: NATIVE_RATE_HZ, dataBytes: samples * BYTES_PER_SAMPLE });
  const sound = Buffer.alloc(samples * BYTES_PER_SAMPLE);
  for (let at = 0; at < samples; at += 1) {
    const seconds = at / NATIVE_RATE_HZ;
    const phase = (seconds * PITCH_HZ) % 1;
    const loudness = Math.sin(Math.PI * ((seconds * SYLLABLES_PER_SECOND) % 1)) ** 2;
    sound.writeInt16LE(Math.round((2 * phase - 1) * loudness * 9_000), at * BYTES_PER_SAMPLE);
  }
  return Buffer.concat([header, sound]);
}
