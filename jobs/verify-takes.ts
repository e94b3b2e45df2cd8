/** The last check before a chapter is sealed: its takes have the text that the step wants, complete and in order. */
import type { MasteredChapter } from '../src/audio/mastering/master.ts';
import { PipelineError } from '../src/errors.ts';
import type { MasterStep } from '../src/plan/step.ts';
import type { TakePlace } from '../src/store/masters.ts';
import { placedTake } from '../src/store/placed-takes.ts';
import type { TakeWord } from '../src/store/take-words.ts';
import type { TakeRecord } from '../src/store/takes.ts';

/** Fails with `text-unaccounted` when a take's record has another text than the step wants at its place. */
export function verifyTakes(step: MasterStep, takes: readonly TakeRecord[]): void {
  for (const [index, { key, text }] of step.takes.entries()) {
    const take = takes[index];
    if (take?.key !== key || (text !== undefined && take.text !== text))
      throw unaccounted(step, `one of its takes says ${quoted(take?.text)} instead of ${quoted(text)}`);
  }
}

/**
 * The position of each take in the finished file, for the master's record. Fails with `text-unaccounted` when a take is
 * missing, empty, overlaps the next one, or ends after the chapter: the record is then not written and the chapter not
 * delivered.
 */
export function placesOf(of: {
  step: MasterStep;
  takes: readonly TakeRecord[];
  made: Pick<MasteredChapter, 'takePositions' | 'takePauses' | 'durationSeconds'>;
  /** The words of each take, where the service told them. */
  words: readonly (TakeWord[] | undefined)[];
}): TakePlace[] {
  const { step, takes, made, words } = of;
  const { sampleRateHz } = step;
  const totalSamples = Math.round(made.durationSeconds * sampleRateHz);
  let end = 0;
  const places = takes.map((take, index): TakePlace => {
    const position = made.takePositions[index];
    if (position === undefined) throw unaccounted(step, `${quoted(take.text)} has no place in the sound`);
    const { startSample, samples, skipSamples } = position;
    const placed = placedTake(take, words[index]);
    const total = placed.samples;
    if (startSample < end || samples < 1 || startSample + samples > totalSamples || skipSamples + samples > total)
      throw unaccounted(step, `${quoted(take.text)} is cut off or overlaps another take in the sound`);
    end = startSample + samples;
    return {
      startSeconds: startSample / sampleRateHz,
      durationSeconds: samples / sampleRateHz,
      pauses: made.takePauses[index] ?? [],
      take: { ...placed, fromSample: skipSamples },
    };
  });
  if (made.takePositions.length !== takes.length)
    throw unaccounted(step, `it has ${made.takePositions.length} positions for ${takes.length} takes`);
  return places;
}

function unaccounted({ chapter, title }: MasterStep, why: string): PipelineError {
  return new PipelineError({
    code: 'text-unaccounted',
    message: `Chapter ${chapter} "${title}" was not sealed: ${why}. All takes are kept. Please report this.`,
    retry: 'never',
  });
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'nothing' : `“${text}”`;
}
