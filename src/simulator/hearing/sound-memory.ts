/**
 * What the simulator has spoken, by its sound. It is how the simulator hears: a sound that it made it knows, with what its
 * own faults did to the words. Any other sound it does not understand, and it does not pretend to.
 */
import { createHash } from 'node:crypto';
import type { FaultKind } from '../faults.ts';

/** Remembers sounds. */
export interface SoundMemory {
  /** Passes a sound on and remembers what it says. */
  listen(
    sound: AsyncIterable<Int16Array>,
    of: { text: string; fault?: FaultKind | undefined },
  ): AsyncIterable<Int16Array>;
  /** What is said in it: one remembered sound, or several one after another; undefined for any other sound. */
  recall(pcm: Uint8Array): string | undefined;
}

/** Sounds are found by their first so many bytes. */
const HEAD_BYTES = 8_192;
/** The oldest sounds are forgotten. */
const MOST_SOUNDS = 20_000;

interface Sound {
  byteLength: number;
  digest: string;
  text: string;
}

/** An empty memory. */
export function createSoundMemory(): SoundMemory {
  const byHead = new Map<string, Sound[]>();
  const remember = (head: string, sound: Sound): void => {
    byHead.set(head, [...(byHead.get(head) ?? []).filter(({ digest }) => digest !== sound.digest), sound]);
    if (byHead.size > MOST_SOUNDS) byHead.delete(byHead.keys().next().value!);
  };
  const recall = (pcm: Uint8Array): string | undefined => {
    if (pcm.length === 0) return '';
    const known = byHead.get(digestOf(pcm.subarray(0, HEAD_BYTES))) ?? [];
    for (const { byteLength, digest, text } of known) {
      if (byteLength > pcm.length || digestOf(pcm.subarray(0, byteLength)) !== digest) continue;
      const after = pcm.subarray(byteLength);
      const rest = recall(after) ?? (isQuiet(after) ? recall(withoutSilence(after)) : undefined);
      if (rest !== undefined) return `${text} ${rest}`.trim();
    }
    return undefined;
  };
  return {
    async *listen(sound, { text, fault }) {
      const whole = createHash('sha256');
      let head = Buffer.alloc(0);
      let byteLength = 0;
      for await (const chunk of sound) {
        const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        if (head.length < HEAD_BYTES) head = Buffer.concat([head, bytes]).subarray(0, HEAD_BYTES);
        whole.update(bytes);
        byteLength += bytes.length;
        yield chunk;
      }
      if (byteLength > 0)
        remember(digestOf(head), { byteLength, digest: whole.digest('hex'), text: wordsAfter(fault, text) });
    },
    recall,
  };
}

function isQuiet(pcm: Uint8Array): boolean {
  return pcm[0] === 0 && pcm[1] === 0;
}

/** Sounds that are joined may have a pause between them. */
function withoutSilence(pcm: Uint8Array): Uint8Array {
  let from = 0;
  while (from + 1 < pcm.length && pcm[from] === 0 && pcm[from + 1] === 0) from += 2;
  return pcm.subarray(from);
}

/** The words that are left of a text, or are said twice, after a fault that one can hear (audible-faults.ts). */
function wordsAfter(fault: FaultKind | undefined, text: string): string {
  const cut = (share: number): number => {
    const at = Math.round(text.length * share);
    const space = text.lastIndexOf(' ', at);
    return space > 0 ? space : at;
  };
  if (fault === 'truncated-tail') return text.slice(0, cut(0.7));
  if (fault === 'repetition') return `${text.slice(0, cut(2 / 3))} ${text.slice(cut(1 / 3))}`;
  return text;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
