/** Stores the files of a chapter's lines as one blob: a long chapter has a thousand of them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { MasterStep } from '../src/plan/step.ts';
import type { LineEntry, LinePack } from '../src/store/masters.ts';
import type { Store } from '../src/store/store.ts';
import type { MadePart } from './chapter-part.ts';

/** The pack of all lines of all parts, in order; undefined when the step requests none. */
export async function packLines(of: {
  step: MasterStep;
  parts: readonly MadePart[];
  store: Store;
}): Promise<LinePack | undefined> {
  const { step, parts, store } = of;
  if (step.lines === undefined) return undefined;
  const blob = await store.createBlob();
  try {
    const entries: LineEntry[] = [];
    for (const { path, place } of parts.flatMap(({ lines }) => lines)) {
      const bytes = await readFile(path);
      await blob.write(bytes);
      const digest = createHash('sha256').update(bytes).digest('hex');
      const { character, durationSeconds } = place;
      entries.push({ character, byteLength: bytes.length, digest, durationSeconds });
    }
    return { format: step.lines.format, entries, ...(await blob.commit()) };
  } finally {
    await blob.discard();
  }
}
