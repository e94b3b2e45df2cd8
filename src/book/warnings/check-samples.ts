/** Judges the recordings that a book would clone, before anything is sent. */
import pLimit from 'p-limit';
import type { Ffmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { prepareSample } from '../../audio/samples/prepare-sample.ts';
import { PipelineError } from '../../errors.ts';
import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';
import { modelOf } from '../../models.ts';
import type { EnrollStep } from '../../plan/step.ts';
import { ruleName } from '../../qc/rule-names.ts';
import { judgeSample, type MeasuredSample, type SampleRule, type SampleTerms } from '../../qc/sample.ts';
import { findSampleMeasures, putSampleMeasures, type SampleMeasures } from '../../store/sample-measures.ts';
import type { Store } from '../../store/store.ts';
import type { Book } from '../load-book.ts';

/** Recordings to decode at the same time. */
const CONCURRENT_DECODES = 3;

/** What became of the recordings. */
export interface JudgedSamples {
  refused: { step: EnrollStep; rules: SampleRule[] }[];
  /** Not judged: there is no ffmpeg, or the time was up. */
  unjudged: { steps: EnrollStep[]; why: 'no-ffmpeg' | 'no-time' };
}

/** How to judge. */
export interface JudgeRequest {
  /** Keeps the measurements. Default: none, each is decoded. */
  store?: Store | undefined;
  /** Called once, when something must be decoded. */
  findFfmpeg: () => Promise<Ffmpeg>;
  /** No decoding begins later, in milliseconds from now. Default: no limit. */
  withinMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Judges the recordings of these steps, each by its own model's rules and as it would be sent, after repairs. A recording that
 * several characters share is decoded once. Sends nothing; safe to run twice.
 */
export async function judgeSamples(
  book: Pick<Book, 'samples'>,
  steps: readonly EnrollStep[],
  request: JudgeRequest,
): Promise<JudgedSamples> {
  const measure = sampleMeter(book, request);
  const limit = pLimit(CONCURRENT_DECODES);
  const byRecording = new Map<string, EnrollStep[]>();
  for (const step of steps) byRecording.set(step.sample.digest, [...(byRecording.get(step.sample.digest) ?? []), step]);
  const refused: JudgedSamples['refused'] = [];
  const unjudged: EnrollStep[] = [];
  let why: JudgedSamples['unjudged']['why'] = 'no-time';
  const judge = async (same: readonly EnrollStep[]): Promise<void> => {
    let original: MeasuredSample | undefined;
    for (const step of same) {
      const terms = termsOf(step);
      const measures = await measure(step, { terms, original });
      if (typeof measures === 'string') {
        why = measures;
        unjudged.push(step);
        continue;
      }
      original = measures.original;
      const rules = judgeSample(measures.prepared, terms).rules.filter(({ pass }) => !pass);
      if (rules.length > 0) refused.push({ step, rules });
    }
  };
  await Promise.all([...byRecording.values()].map((same) => limit(judge, same)));
  return { refused, unjudged: { steps: unjudged, why } };
}

type Measure = (
  step: EnrollStep,
  of: { terms: SampleTerms; original: MeasuredSample | undefined },
) => Promise<SampleMeasures | JudgedSamples['unjudged']['why']>;

/** Measures a recording, or finds it measured; otherwise says why it cannot. */
function sampleMeter(
  book: Pick<Book, 'samples'>,
  { store, findFfmpeg, withinMs = Number.POSITIVE_INFINITY, signal }: JudgeRequest,
): Measure {
  const until = performance.now() + withinMs;
  let searching: Promise<Ffmpeg | undefined> | undefined;
  return async (step, { terms, original }) => {
    const of = { digest: step.sample.digest, terms };
    const known = store && (await findSampleMeasures(store, of));
    if (known !== undefined) return known;
    searching ??= findFfmpeg().catch(missing);
    const ffmpeg = await searching;
    if (ffmpeg === undefined) return 'no-ffmpeg';
    if (performance.now() > until) return 'no-time';
    const bytes = await book.samples.get(step.characters[0]!)!.read();
    const { mediaType } = step.sample;
    const made = await prepareSample({
      ...{ ffmpeg, bytes, mediaType, model: terms },
      ...(original && { original }),
      ...(signal && { signal }),
    });
    const measures = { original: made.original, prepared: made.sample };
    // A plan must work on a read-only store, too.
    if (store !== undefined) await putSampleMeasures(store, of, measures).catch(() => undefined);
    return measures;
  };
}

function termsOf(step: EnrollStep): SampleTerms {
  const model = modelOf(step);
  if (model === undefined) throw new Error(`Internal error: unknown model "${step.model}" in a step.`);
  const { id, minSampleRateHz, maxSampleSeconds, minPassageSeconds } = model;
  return {
    id,
    minSampleRateHz,
    ...(maxSampleSeconds !== undefined && { maxSampleSeconds }),
    ...(minPassageSeconds !== undefined && { minPassageSeconds }),
  };
}

/** A book is judged without ffmpeg as far as that goes; any other failure is one of this machine. */
function missing(error: unknown): undefined {
  if (!(error instanceof PipelineError) || error.code !== 'ffmpeg-missing') throw error;
}

/** The errors of the recordings that the service would refuse, each where the manifest names it, and a warning for the others. */
export function sampleDiagnostics({ manifest, manifestPath: file }: Book, judged: JudgedSamples): Diagnostic[] {
  const errors = manifest.characters.flatMap(({ name, source }): Diagnostic[] => {
    const found = judged.refused.find(({ step }) => step.characters.includes(name));
    if (found === undefined || source.kind !== 'sample') return [];
    const { step, rules } = found;
    const reasons = rules.map(({ rule, measured, wanted }) => `${ruleName(rule)} ${measured}, wanted ${wanted}`);
    const message = `The recording of "${name}" cannot be cloned for ${step.model}: ${reasons.join('; ')}.`;
    const fix = [...new Set(rules.map(({ advice }) => advice))].join(' ');
    return [{ code: 'sample-refused', severity: 'error', file, message, fix, ...source.ref.at }];
  });
  const { steps, why } = judged.unjudged;
  if (steps.length === 0) return errors;
  const whose = steps.flatMap(({ characters }) => characters).join(', ');
  const message = `The recordings of these characters were not judged: ${whose}. ${WHY[why]}`;
  return [...errors, { code: 'samples-not-judged', severity: 'warning', file, message, fix: WHAT_TO_DO[why](file) }];
}

const WHY = {
  'no-ffmpeg': 'No working ffmpeg was found.',
  'no-time': 'A plan takes only a moment for them.',
} as const;
const WHAT_TO_DO = {
  'no-ffmpeg': () => 'Install ffmpeg or set FFMPEG_PATH; `pipeline doctor` shows where it was looked for.',
  'no-time': (manifest: string) =>
    `To judge them all, run \`pipeline check ${manifest}\`. A run does so before it enrolls any.`,
} as const;
