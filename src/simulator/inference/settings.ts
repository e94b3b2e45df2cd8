/**
 * The settings of the inference protocol's simulator. Each stands for a question that the sources leave open or answer
 * differently; the default is the likeliest answer.
 */

/** What can be set; the group `inference` of the simulator's settings. */
export interface InferenceSettings {
  /** Silence of the client in a task, in milliseconds, after which the task fails. Default 23,000; 0 never. */
  textGapMs: number;
  /** Milliseconds without a task after which the connection is closed. Default 60,000; 0 never. */
  idleCloseMs: number;
  /** Bytes of a binary frame, odd ones too; 0 is `speed.chunkMs`. Default 0. */
  frameBytes: number;
  /** Where sentences are cut: the example of the documents is cut at a comma. Default `sentence`. */
  cutAt: 'sentence' | 'comma';
  /** Word times: no field, always empty, in sentence-end, or also growing in sentence-synthesis. Default `end`. */
  words: 'none' | 'empty' | 'end' | 'growing';
  /** Origin of word times. Default `sentence`. */
  wordTimes: 'sentence' | 'task';
  /** Unit of word indices. Default `utf-16`. */
  wordIndices: 'utf-16' | 'code-point';
  /** Whether a Han character or a run of them is a word. Default `character`. */
  hanWords: 'character' | 'run';
  /** Whether the last sentence of a task has its `original_text`. Default true. */
  lastOriginalText: boolean;
  /** What `usage` has; `model` is by the model. Default `model`. */
  usage: 'model' | 'characters' | 'tokens' | 'both' | 'none';
  /** Which messages have `usage`. Default `both`. */
  usageIn: 'both' | 'sentence-end' | 'finished';
  /** Output tokens for a second of speech; unknown. Default 25. */
  tokensPerSecond: number;
  /** Whether results are under `output`, at the top of `payload` or of an HTTP answer, or both. Default `output`. */
  resultsIn: 'output' | 'payload' | 'both';
  /** What the limits of texts count: billed units (Han = 2) or characters. Default `units`. */
  textLimitCounts: 'units' | 'characters';
  /** Whether equal seeds give equal speech. Default true. */
  seedHonored: boolean;
  /** What seed 0, the default of a task, means. Default `fixed`. */
  seedZero: 'fixed' | 'random';
  /** `hot_fix` and word times of the 3.0 models: as documented in October 2026, or refused as in July. */
  rules30: 'october' | 'july';
  /** Most characters of `instruction`. Default no limit: none is documented for clones. */
  instructionCharacters: number;
  /** Models of either family that are retired. Default none. */
  retired: readonly string[];
  /** What a retired or unknown model gets. Default `not-found`. */
  retiredForm: 'access-denied' | 'not-found' | 'invalid' | 'close' | 'silence';
  /** Tasks in any one second, for each model. Default no limit. */
  tasksPerSecond: number;
  /** Tasks in any minute, for each model. Default no limit. */
  tasksPerMinute: number;
  /** Open connections; one more is refused with 429. Default no limit. */
  connectionsAtOnce: number;
  /** The form of a throttled call. With `handshake` handshakes are counted instead of tasks. Default `task-failed`. */
  throttleForm: 'handshake' | 'task-failed' | 'close';
  /** Enrolment calls in any one second, apart from the first family's. Default 10. */
  voiceCallsPerSecond: number;
  /** Voices of the account, apart from the first family's. Default 1000. */
  voices: number;
  /** Queries and lists for which a new voice is DEPLOYING. Default 0. */
  deployingPolls: number;
  /** What a new voice becomes. Default `OK`. */
  deployedAs: 'OK' | 'UNDEPLOYED';
  /** What a task with a voice that is not OK gets: error 418, or a completed task without audio. Default `refused`. */
  deployingVoice: 'refused' | 'silent';
  /** How a sample that breaks a rule is refused: 430 and its code, or 500 and nothing about it. Default `430`. */
  badSample: '430' | '500';
  /** Most rows of a list, whatever the page size. Default no limit. */
  listCap: number;
  /** Whether `url` may be a data URI; the rule before October 2026 refused it. Default true. */
  dataUri: boolean;
  /** Whether a query has `resource_link`. Default true. */
  resourceLink: boolean;
  /** Whether the JSON of an event has one `data:` line, or many. Default `one`. */
  sseLines: 'one' | 'many';
  /** Whether a stream of events ends with `finish_reason: stop`. Default true. */
  sseStop: boolean;
  /** What the address of a sound answers: the sound, 404, or 403 as after 24 hours. Default `ok`. */
  resultUrl: 'ok' | 'missing' | 'expired';
}

/** Every default. */
export const INFERENCE_PRESETS: Readonly<InferenceSettings> = {
  textGapMs: 23_000,
  idleCloseMs: 60_000,
  frameBytes: 0,
  cutAt: 'sentence',
  words: 'end',
  wordTimes: 'sentence',
  wordIndices: 'utf-16',
  hanWords: 'character',
  lastOriginalText: true,
  usage: 'model',
  usageIn: 'both',
  tokensPerSecond: 25,
  resultsIn: 'output',
  textLimitCounts: 'units',
  seedHonored: true,
  seedZero: 'fixed',
  rules30: 'october',
  instructionCharacters: Number.POSITIVE_INFINITY,
  retired: [],
  retiredForm: 'not-found',
  tasksPerSecond: Number.POSITIVE_INFINITY,
  tasksPerMinute: Number.POSITIVE_INFINITY,
  connectionsAtOnce: Number.POSITIVE_INFINITY,
  throttleForm: 'task-failed',
  voiceCallsPerSecond: 10,
  voices: 1000,
  deployingPolls: 0,
  deployedAs: 'OK',
  deployingVoice: 'refused',
  badSample: '430',
  listCap: Number.POSITIVE_INFINITY,
  dataUri: true,
  resourceLink: true,
  sseLines: 'one',
  sseStop: true,
  resultUrl: 'ok',
};
