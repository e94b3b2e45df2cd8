/** The pipeline for other programs: each command as a function. It prints nothing, ends no process and listens to no signal. */
import type { Book } from '../book/load-book.ts';
import type { Config } from '../config/config.ts';
import { configOf, type PipelineSettings } from '../config/library-settings.ts';
import { ConfigError } from '../config/values.ts';
import type { PlanReport } from '../events/plan-report.ts';
import type { LineState } from '../lines/line-states.ts';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import { PROFILE_NAMES, type ProfileName } from '../manifest/manifest.ts';
import { PROFILES } from '../qc/profiles.ts';
import { checkManifest } from './check-manifest.ts';
import { decideLine, type LineDecisions } from './decide-line.ts';
import type { ImportedManuscript, ImportOptions } from './import-manuscript.ts';
import {
  type HeardLine,
  type HearOptions,
  hearLine,
  type LinesOptions,
  linesOf,
  type Take,
  takesOf,
} from './line-takes.ts';
import { ManifestError } from './manifest-error.ts';
import { openBook } from './opened-book.ts';
import { planManifest } from './plan-manifest.ts';
import { requireChapters } from './require-chapters.ts';
import { type Kinds, requireKinds, requireOneOf } from './require-kinds.ts';
import { plannedRetake, type Retake, type RetakeOptions, retakeLine } from './retake-line.ts';
import type { PlanOptions, Run, RunOptions } from './run-handle.ts';
import { startRun } from './start-run.ts';
import { type VerifiedSet, verifyFiles } from './verify-files.ts';

/** A pipeline with its settings. It holds nothing open between calls. */
export interface Pipeline {
  /** Every error and warning of a manifest and its files. Rejects only when it cannot look, such as a store that is away. */
  check(manifest: string): Promise<CheckResult>;
  /** What a run would do and cost. Sends nothing. Rejects with `ManifestError` for a book with errors. */
  plan(manifest: string, options?: PlanOptions): Promise<PlanReport>;
  /** Speaks, masters and delivers a book. It starts at once; what is already there is not paid again. */
  run(manifest: string, options?: RunOptions): Run;
  /** Judges finished files of any program by a shop's rules. */
  verify(files: readonly string[], options?: VerifyOptions): Promise<VerifiedSet>;
  /**
   * Turns a manuscript (EPUB, Word, ODT, HTML, Markdown, text, subtitles) into a folder with a manifest, a text for each chapter
   * and the cover. A folder that has a book stays as it is: the import is written beside it. Sends nothing. Rejects with
   * `ManifestError` when the manuscript cannot be read; nothing was written then.
   */
  importBook(manuscript: string, options?: ImportOptions): Promise<ImportedManuscript>;
  /** The lines of a book, with what the checks found about their takes. Sends nothing, like `takes` and `hear`. */
  lines(manifest: string, options?: LinesOptions): Promise<LineState[]>;
  /** The takes that the store has of a line. `line`: its number, such as `3:37`. */
  takes(manifest: string, line: string): Promise<Take[]>;
  /** A line as it sounds in its chapter, as WAV. Fails with `take-missing` when it is not spoken yet. */
  hear(manifest: string, line: string, options?: HearOptions): Promise<HeardLine>;
  /**
   * Speaks further takes of a line. All are kept and none is chosen. Fails with `over-budget`, before anything is sent, when it
   * would cost more than the budget has left.
   */
  retake(manifest: string, line: string, options?: RetakeOptions): Promise<Retake>;
  /** Uses a take for a line, or with null what the text says: `decide` with `take` alone. */
  choose(manifest: string, line: string, take: number | null): Promise<void>;
  /**
   * Writes what a person decided about a line into `book.yaml.review`; the next run uses it. Fails with `take-missing` when the
   * store lacks the take; then nothing was changed.
   */
  decide(manifest: string, line: string, decisions: LineDecisions): Promise<void>;
}

/** What `check` finds. */
export interface CheckResult {
  /** The book can be run. */
  ok: boolean;
  diagnostics: Diagnostic[];
}

/** Options of `verify`. */
export interface VerifyOptions {
  /** Default: `acx`. */
  profile?: ProfileName;
  signal?: AbortSignal;
}

/** A take belongs to words and a direction, which are taken back with it. */
const BACK_TO_TEXT: LineDecisions = { take: null, say: null, direction: null };

const LINE_KINDS: Kinds = { manifest: 'text', line: 'text' };
const RETAKE_KINDS: Kinds = { say: 'text?', direction: 'text?', budget: 'money?', signal: 'signal?' };
const DECISION_KINDS: Kinds = {
  take: 'whole??',
  say: 'text??',
  direction: 'text??',
  speaker: 'text??',
  pause: 'number??',
};
const IMPORT_KINDS: Kinds = {
  ...({ out: 'text?', cast: 'flag?', keepMatter: 'flag?', pages: 'text?', title: 'text?', author: 'text?' } as const),
  ...({ language: 'text?', omitDisclosure: 'text?', signal: 'signal?' } as const),
};

/** Opens a pipeline. Throws `ConfigError` for a wrong setting. */
export function openPipeline(settings: PipelineSettings = {}): Pipeline {
  const config: Config = configOf(settings);
  return {
    async check(manifest) {
      requireKinds({ manifest }, { manifest: 'text' });
      const { book, diagnostics } = await checkManifest(manifest, config);
      return { ok: book !== undefined, diagnostics };
    },
    async plan(manifest, options) {
      const { budget, chapters } = options ?? {};
      requireKinds({ manifest, budget, chapters }, { manifest: 'text', budget: 'money?', chapters: 'wholes?' });
      const accept = (book: Book) => requireChapters(book, chapters);
      const planned = await planManifest({ manifest, config, budget, chapters, accept });
      if (planned.book === undefined) throw new ManifestError(manifest, planned.diagnostics);
      return planned.report;
    },
    run: (manifest, options = {}) => startRun(manifest, { config, ...options }),
    verify(files, options) {
      requireKinds({ files, ...options }, { files: 'texts', signal: 'signal?' });
      const { profile = 'acx', signal = new AbortController().signal } = options ?? {};
      if (!PROFILE_NAMES.includes(profile))
        throw new ConfigError(`There is no profile "${profile}". Use one of ${PROFILE_NAMES.join(', ')}.`);
      return verifyFiles({ paths: files, profile: PROFILES[profile], config, signal });
    },
    async importBook(manuscript, options) {
      requireKinds({ manuscript, ...options }, { manuscript: 'text', ...IMPORT_KINDS });
      requireOneOf('notes', options?.notes, ['leave', 'end']);
      requireOneOf('ruby', options?.ruby, ['base', 'reading']);
      return (await import('./import-manuscript.ts')).importBook(manuscript, options ?? {});
    },
    async lines(manifest, options) {
      requireKinds({ manifest, ...options }, { manifest: 'text', chapters: 'wholes?', suspects: 'flag?' });
      return linesOf(await openBook({ manifest, config }), options ?? {});
    },
    async takes(manifest, line) {
      requireKinds({ manifest, line }, LINE_KINDS);
      return takesOf(await openBook({ manifest, config }), line);
    },
    async hear(manifest, line, options) {
      requireKinds({ manifest, line, ...options }, { ...LINE_KINDS, take: 'whole?', signal: 'signal?' });
      return hearLine(await openBook({ manifest, config, signal: options?.signal }), line, options ?? {});
    },
    async retake(manifest, line, given) {
      requireKinds({ manifest, line, ...given }, { ...LINE_KINDS, ...RETAKE_KINDS });
      const { signal = new AbortController().signal, budget, ...options } = given ?? {};
      const opened = await openBook({ manifest, config, signal }, { sends: true });
      return retakeLine(opened, { ...(await plannedRetake(opened, { line, ...options })), budget, signal });
    },
    async choose(manifest, line, take) {
      requireKinds({ manifest, line, take }, { ...LINE_KINDS, take: 'whole??' });
      return decideLine(await openBook({ manifest, config }), line, take === null ? BACK_TO_TEXT : { take });
    },
    async decide(manifest, line, decisions) {
      requireKinds({ manifest, line, decisions }, { ...LINE_KINDS, decisions: 'object' });
      requireKinds(decisions, DECISION_KINDS);
      return decideLine(await openBook({ manifest, config }), line, decisions);
    },
  };
}
