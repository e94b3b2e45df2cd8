/** The display name of a rule; a rule without an entry keeps its own name. */
export function ruleName(rule: string): string {
  return NAMES[rule] ?? rule;
}

const NAMES: Readonly<Record<string, string>> = {
  rmsDbfs: 'level (RMS)',
  loudnessLufs: 'loudness',
  samplePeakDbfs: 'peak',
  truePeakDbtp: 'true peak',
  clippedRuns: 'clipping',
  noiseFloorDbfs: 'noise floor',
  pauseNoiseDbfs: 'noise in pauses',
  headSilenceSeconds: 'silence at the start',
  tailSilenceSeconds: 'silence at the end',
  durationSeconds: 'length',
  mp3BitRateKbps: 'bit rate',
  mp3BitRateSpreadKbps: 'bit rate variation',
  mp3SampleRateHz: 'sample rate',
  sampleRate: 'sample rate',
  whole: 'complete',
  fileType: 'kind of file',
  oneStream: 'one file',
  readable: 'readable',
  chapterMarks: 'chapter marks',
  speechMark: 'mark of speech',
  sameChannels: 'same channels',
  sameSampleRate: 'same sample rate',
};
