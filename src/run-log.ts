/** What happened in a run so far: turns the queue's answers into events, deliveries and the closing account. */
import { deliverBook, deliverChapter } from './deliver.ts';
import { PipelineError } from './errors.ts';
import type { DeliveredBook, DeliveredChapter, Emit, FailureCode, RunFinishedEvent } from './events.ts';
import { missingSegments, type Plan, type PlannedChapter, planTotals } from './plan/plan.ts';
import type { CallCounts, StepResult, SynthesizeStep } from './plan/step.ts';
import { ProgressMeter } from './progress.ts';
import type { FollowerEvents } from './queue/follow.ts';
import { findBook } from './store/books.ts';
import { findMaster, type MasterRecord } from './store/masters.ts';
import type { Store } from './store/store.ts';

/** A failure as an event names it. */
export interface Trouble {
  code: FailureCode;
  message: string;
}

/** Failures that the next step would only repeat: the run stops instead of failing a thousand times. */
const BLOCKING: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'key-refused',
  'account-blocked',
  'model-unknown',
  'disk-full',
  'store-unwritable',
  'ffmpeg-missing',
  'service-unreachable',
  'queue-unreachable',
]);

/** Collects one run. */
export class RunLog {
  /** Hears the first failure that stops the run. */
  onBlocked: (failure: PipelineError) => void = () => undefined;

  readonly #plan: Plan;
  readonly #store: Store;
  readonly #folder: string;
  readonly #emit: Emit;
  readonly #startedAt = performance.now();
  readonly #progress: ProgressMeter;
  readonly #byMasterKey = new Map<string, PlannedChapter[]>();
  readonly #bySegmentKey = new Map<string, SynthesizeStep>();
  /** Take key → how the segment ended in this run. */
  readonly #segmentEnds = new Map<string, 'made' | 'reused' | 'failed'>();
  readonly #failedVoices = new Map<string, Trouble>();
  readonly #chapters = new Map<number, DeliveredChapter>();
  readonly #masters = new Map<number, MasterRecord>();
  #book: DeliveredBook | undefined;
  readonly #deliveries: Promise<void>[] = [];
  /** Calls of workers in other processes, from their results. */
  readonly #callsElsewhere: CallCounts = { enroll: 0, list: 0, synthesize: 0 };
  #here: { workerId: string; calls(): CallCounts } | undefined;
  #enrolled = 0;
  /** Voices that were to be enrolled and turned out to be there: adopted, or made by another run meanwhile. */
  #found = 0;
  #billedCharacters = 0;
  #simulated: boolean;
  #deliveryTrouble: Trouble | undefined;

  constructor({
    plan,
    store,
    folder,
    emit,
    simulated,
  }: {
    plan: Plan;
    store: Store;
    folder: string;
    emit: Emit;
    simulated: boolean;
  }) {
    this.#simulated = simulated;
    this.#plan = plan;
    this.#store = store;
    this.#folder = folder;
    this.#emit = emit;
    for (const chapter of plan.chapters) {
      const { key } = chapter.master.step;
      this.#byMasterKey.set(key, [...(this.#byMasterKey.get(key) ?? []), chapter]);
      for (const step of missingSegments(chapter)) {
        if (!this.#bySegmentKey.has(step.key)) this.#bySegmentKey.set(step.key, step);
      }
    }
    const totals = planTotals(plan);
    this.#progress = new ProgressMeter({
      total: { voices: totals.voices.enroll, segments: totals.segments.synthesize, chapters: totals.chapters.total },
      now: () => performance.now(),
    });
  }

  /** This process's own workers: their calls are counted where they are made, so that failed tries count too. */
  countCallsOf(here: { workerId: string; calls(): CallCounts }): void {
    this.#here = here;
  }

  /** The first segments are about to be handed out. */
  startSpeaking(): void {
    this.#progress.startSpeaking();
  }

  /** What the queue's follower should call. */
  listener(): FollowerEvents {
    return {
      onResult: (result) => this.#onResult(result),
      onFailure: ({ kind, key, code, message }) => {
        if (kind === 'enroll') this.#onVoiceFailed(key, { code, message });
        if (kind === 'synthesize') this.#onSegmentFailed(key, { code, message });
        if (kind === 'master') this.#onMasterFailed(key, { code, message });
        if (kind === 'bind') this.#onBookFailed({ code, message });
        if (BLOCKING.has(code))
          this.onBlocked(new PipelineError({ code: code as PipelineError['code'], message, retry: 'never' }));
      },
    };
  }

  /** Whether every voice that the chapter still needs was enrolled; says so when not. */
  canSpeak(chapter: PlannedChapter): boolean {
    for (const { voice } of missingSegments(chapter)) {
      const trouble = 'enrollment' in voice ? this.#failedVoices.get(voice.enrollment.key) : undefined;
      if (trouble === undefined || !('enrollment' in voice)) continue;
      const who = voice.enrollment.characters.join(', ');
      const { number, title } = chapter;
      this.#emit({
        type: 'chapter.failed',
        index: number,
        title,
        code: trouble.code,
        message: `There is no voice for ${who}.`,
      });
      return false;
    }
    return true;
  }

  /** Starts to deliver a chapter that the store has; `delivered` waits for it. */
  deliver(chapter: PlannedChapter): void {
    this.#deliveries.push(this.#deliver(chapter));
  }

  /** Starts to deliver the book file that the store has; `delivered` waits for it. */
  deliverBook(): void {
    this.#deliveries.push(this.#deliverBook());
  }

  /** Whether every chapter has been mastered, so that the book can be bound. Ask after `delivered`. */
  canBind(): boolean {
    return this.#plan.chapters.every(({ number }) => this.#masters.has(number));
  }

  /** The records of what was delivered, by chapter number. */
  get masters(): ReadonlyMap<number, MasterRecord> {
    return this.#masters;
  }

  /** Resolves when all deliveries ended, with what stopped one of them, if anything did. */
  async delivered(): Promise<Trouble | undefined> {
    for (let waitedFor = 0; waitedFor < this.#deliveries.length; ) {
      const open = this.#deliveries.slice(waitedFor);
      waitedFor += open.length;
      await Promise.all(open);
    }
    return this.#deliveryTrouble;
  }

  /** The closing account. */
  finished(): RunFinishedEvent {
    const { voices } = planTotals(this.#plan);
    const chapters = this.#plan.chapters.map(
      ({ number, title }) => this.#chapters.get(number) ?? undelivered(number, title),
    );
    const book = this.#plan.book === undefined ? null : (this.#book ?? undeliveredBook(this.#plan.title));
    const parts = book === null ? chapters : [...chapters, book];
    return {
      type: 'run.finished',
      ok: parts.every(({ files, verdict }) => files.length > 0 && verdict !== 'fail'),
      simulated: this.#simulated,
      voices: { enrolled: this.#enrolled, reused: voices.reuse + this.#found },
      segments: this.#segmentCounts(),
      billedCharacters: this.#billedCharacters,
      calls: sumOfCalls(this.#here?.calls(), this.#callsElsewhere),
      chapters,
      book,
      folder: this.#folder,
      seconds: Math.round(performance.now() - this.#startedAt) / 1000,
    };
  }

  /** Each segment of the text counts once: spoken where its take was made, reused where one was there. */
  #segmentCounts(): RunFinishedEvent['segments'] {
    const counts = { total: 0, synthesized: 0, reused: 0, failed: 0 };
    const seen = new Set<string>();
    for (const { step, reason } of this.#plan.chapters.flatMap((chapter) => chapter.segments)) {
      const end = reason === 'stored' ? 'reused' : this.#segmentEnds.get(step.key);
      counts.total += 1;
      if (end === 'made' && !seen.has(step.key)) counts.synthesized += 1;
      else if (end === 'made' || end === 'reused') counts.reused += 1;
      else if (end === 'failed') counts.failed += 1;
      seen.add(step.key);
    }
    return counts;
  }

  #onResult(result: StepResult): void {
    this.#simulated ||= result.simulated;
    if (result.worker !== this.#here?.workerId) {
      Object.assign(this.#callsElsewhere, sumOfCalls(this.#callsElsewhere, result.calls));
    }
    this.#billedCharacters += result.billedCharacters;
    if (result.kind === 'enroll') this.#onVoice(result);
    if (result.kind === 'synthesize') this.#onSegment(result);
    if (result.kind === 'bind') this.deliverBook();
    if (result.kind === 'master') for (const chapter of this.#byMasterKey.get(result.key) ?? []) this.deliver(chapter);
    this.#emit(this.#progress.event());
  }

  #onVoice({ key, outcome, notes = [] }: StepResult): void {
    if (outcome === 'made') this.#enrolled += 1;
    else this.#found += 1;
    this.#progress.voiceDone();
    this.#emit({ type: 'voice.ready', characters: this.#charactersOf(key), outcome });
    for (const message of notes) this.#emit({ type: 'notice', level: 'info', message });
  }

  /** Equal segments of two chapters answer twice, once `made` and once `reused`; they count once. */
  #onSegment({ key, outcome, audioSeconds }: StepResult): void {
    const step = this.#bySegmentKey.get(key);
    if (step === undefined || this.#segmentEnds.has(key)) return;
    this.#segmentEnds.set(key, outcome === 'made' ? 'made' : 'reused');
    this.#progress.segmentDone(outcome === 'made' ? audioSeconds : 0);
    const { chapter, ordinal, character } = step;
    this.#emit({ type: 'segment.done', chapter, ordinal, character, outcome, audioSeconds });
  }

  #onVoiceFailed(key: string, trouble: Trouble): void {
    if (trouble.code === 'interrupted') return;
    this.#failedVoices.set(key, trouble);
    this.#progress.voiceDone();
    this.#emit({ type: 'voice.failed', characters: this.#charactersOf(key), ...trouble });
  }

  #onSegmentFailed(key: string, trouble: Trouble): void {
    const step = this.#bySegmentKey.get(key);
    if (step === undefined || this.#segmentEnds.has(key) || trouble.code === 'interrupted') return;
    this.#segmentEnds.set(key, 'failed');
    this.#progress.segmentDone(0);
    const { chapter, ordinal, character, text } = step;
    this.#emit({ type: 'segment.failed', chapter, ordinal, character, text, ...trouble });
  }

  #onMasterFailed(key: string, trouble: Trouble): void {
    if (trouble.code === 'interrupted') return;
    for (const { number, title } of this.#byMasterKey.get(key) ?? []) {
      this.#emit({ type: 'chapter.failed', index: number, title, ...trouble });
    }
  }

  #onBookFailed(trouble: Trouble): void {
    if (trouble.code === 'interrupted') return;
    this.#emit({ type: 'book.failed', title: this.#plan.title, ...trouble });
  }

  /** Never rejects: it runs in the background, and a throw would have nobody to go to. */
  async #deliver(chapter: PlannedChapter): Promise<void> {
    const { number, title } = chapter;
    try {
      const master = await findMaster(this.#store, chapter.master.step.key);
      if (master === undefined) throw new Error('Internal error: a master that was just made is not in the store.');
      this.#simulated ||= master.simulated;
      const where = { store: this.#store, plan: this.#plan, folder: this.#folder };
      const { files, extras, written } = await deliverChapter({ ...where, chapter, master });
      this.#masters.set(number, master);
      const { durationSeconds, loudnessLufs, verdict } = master;
      const delivered = { index: number, title, files, extras, durationSeconds, loudnessLufs, verdict };
      this.#chapters.set(number, delivered);
      const made = chapter.master.need === 'make';
      this.#emit({
        type: 'chapter.delivered',
        outcome: made ? 'made' : written > 0 ? 'reused' : 'unchanged',
        ...delivered,
      });
      for (const failure of master.failures) {
        this.#emit({ type: 'notice', level: 'warning', message: `Chapter ${number}, ${failure}.` });
      }
    } catch (error) {
      this.#emit({ type: 'chapter.failed', index: number, title, ...this.#undelivered(error) });
    }
    this.#progress.chapterDone();
    this.#emit(this.#progress.event());
  }

  /** Never rejects, like `#deliver`. */
  async #deliverBook(): Promise<void> {
    const { book: planned, title } = this.#plan;
    if (planned === undefined) return;
    try {
      const book = await findBook(this.#store, planned.step.key);
      if (book === undefined) throw new Error('Internal error: a book that was just bound is not in the store.');
      const where = { store: this.#store, plan: this.#plan, folder: this.#folder };
      const { files, extras, written } = await deliverBook({ ...where, book });
      const { durationSeconds, verdict } = book;
      this.#book = { title, files, extras, durationSeconds, verdict };
      const outcome = planned.need === 'make' ? 'made' : written > 0 ? 'reused' : 'unchanged';
      this.#emit({ type: 'book.delivered', outcome, ...this.#book });
    } catch (error) {
      this.#emit({ type: 'book.failed', title, ...this.#undelivered(error) });
    }
  }

  /** What kept a file from being delivered; the first such trouble ends the run. */
  #undelivered(error: unknown): Trouble {
    const { code, message } =
      error instanceof PipelineError ? error : { code: 'internal' as const, message: String(error) };
    this.#deliveryTrouble ??= { code, message };
    return { code, message };
  }

  #charactersOf(voiceKey: string): string[] {
    return this.#plan.voices.find((voice) => voice.step.key === voiceKey)?.step.characters ?? [];
  }
}

function sumOfCalls(a: CallCounts | undefined, b: CallCounts): CallCounts {
  if (a === undefined) return { ...b };
  return { enroll: a.enroll + b.enroll, list: a.list + b.list, synthesize: a.synthesize + b.synthesize };
}

function undeliveredBook(title: string): DeliveredBook {
  return { title, files: [], durationSeconds: 0, verdict: 'none' };
}

function undelivered(index: number, title: string): DeliveredChapter {
  return { index, title, files: [], durationSeconds: 0, loudnessLufs: null, verdict: 'none' };
}
