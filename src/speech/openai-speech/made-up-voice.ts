/** A recording that is nobody's: a hum with the rhythm of syllables. The same each time. */
import { NATIVE_RATE_HZ } from './protocol.ts';

const SECONDS = 3;
const PITCH_HZ = 310;
const SYLLABLES_PER_SECOND = 3;
const HEADER_BYTES = 44;

/** A WAV file with it; the same bytes each time. */
export function madeUpVoice(): Buffer {
  const samples = SECONDS * NATIVE_RATE_HZ;
  const file = Buffer.alloc(HEADER_BYTES + samples * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(NATIVE_RATE_HZ, 24);
  file.writeUInt32LE(NATIVE_RATE_HZ * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    const seconds = at / NATIVE_RATE_HZ;
    const phase = (seconds * PITCH_HZ) % 1;
    const loudness = Math.sin(Math.PI * ((seconds * SYLLABLES_PER_SECOND) % 1)) ** 2;
    file.writeInt16LE(Math.round((2 * phase - 1) * loudness * 9_000), HEADER_BYTES + at * 2);
  }
  return file;
}
