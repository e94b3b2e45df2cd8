/** The pipeline for other programs: each command as a function. It prints nothing, ends no process and listens to no signal. */
import type { Config } from '../config/config.ts';
import { configOf, type PipelineSettings } from '../config/library-settings.ts';
import { ConfigError } from '../config/values.ts';
import type { PlanReport } from '../events/plan-report.ts';
import type { Diagnostic } from '../manifest/diagnostic.ts';
import { PROFILE_NAMES, type ProfileName } from '../manifest/manifest.ts';
import { PROFILES } from '../qc/profiles.ts';
import { checkManifest } from './check-manifest.ts';
import { ManifestError } from './manifest-error.ts';
import { planManifest } from './plan-manifest.ts';
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

/** Opens a pipeline. Throws `ConfigError` for a wrong setting. */
export function openPipeline(settings: PipelineSettings = {}): Pipeline {
  const config: Config = configOf(settings);
  return {
    async check(manifest) {
      const { book, diagnostics } = await checkManifest(manifest, config);
      return { ok: book !== undefined, diagnostics };
    },
    async plan(manifest, { budget, chapters } = {}) {
      const planned = await planManifest({ manifest, config, budget, chapters });
      if (planned.book === undefined) throw new ManifestError(manifest, planned.diagnostics);
      return planned.report;
    },
    run: (manifest, options = {}) => startRun(manifest, { config, ...options }),
    verify(files, { profile = 'acx', signal = new AbortController().signal } = {}) {
      if (!PROFILE_NAMES.includes(profile))
        throw new ConfigError(`There is no profile "${profile}". Use one of ${PROFILE_NAMES.join(', ')}.`);
      return verifyFiles({ paths: files, profile: PROFILES[profile], config, signal });
    },
  };
}
