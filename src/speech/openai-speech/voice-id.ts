/** The ID of a voice that is nothing but its sample: made here, and the same on every machine. */
import { createHash } from 'node:crypto';
import type { SpokenSample } from '../engine.ts';

const PREFIX = 'sample-';
const DIGITS = 16;

/** The ID: from the sample, its words, and how they are used. */
export function sampleVoiceId({ bytes, transcript }: SpokenSample): string {
  const mode = transcript === undefined ? 'vector' : 'in-context';
  const hash = createHash('sha256')
    .update(JSON.stringify([mode, transcript ?? null]))
    .update(bytes);
  return PREFIX + hash.digest('hex').slice(0, DIGITS);
}

/** Whether an ID is that of a sample, and not the name of a voice of the server. */
export function isSampleVoice(voiceId: string): boolean {
  return new RegExp(`^${PREFIX}[0-9a-f]{${DIGITS}}$`).test(voiceId);
}
