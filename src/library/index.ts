/** What other programs import: `import { openPipeline } from 'narration-pipeline'`. */
export type { PipelineSettings } from '../config/library-settings.ts';
export { ConfigError } from '../config/values.ts';
export { type ErrorCode, PipelineError } from '../errors.ts';
export type { DeliveredBook, DeliveredChapter } from '../events/delivered.ts';
export type { Money, PlanReport, PlanReportChapter } from '../events/plan-report.ts';
export type {
  FailureCode,
  PipelineEvent,
  ProgressEvent,
  ReportedFailure,
  RunFinishedEvent,
  TakeDoubt,
} from '../events.ts';
export type { ChapterChange } from '../import/write/chapter-changes.ts';
export type { LineState, LineVerdict } from '../lines/line-states.ts';
export type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
export type { LineDecisions } from './decide-line.ts';
export type { ImportedManuscript, ImportOptions } from './import-manuscript.ts';
export type { HeardLine, HearOptions, LinesOptions, Take } from './line-takes.ts';
export { ManifestError } from './manifest-error.ts';
export type { EventStamp, NumberedEvent } from './numbered-events.ts';
export { type CheckResult, openPipeline, type Pipeline, type VerifyOptions } from './pipeline.ts';
export type { Retake, RetakeOptions } from './retake-line.ts';
export type { PlanOptions, Run, RunOptions } from './run-handle.ts';
export type { VerifiedFile } from './verify-file.ts';
export type { VerifiedSet } from './verify-files.ts';
