/** What people call a rule of a verdict; a rule without an entry is called by its own name. */
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
  mp3BitRateSpreadKbps: 'bit rate varies by',
  mp3SampleRateHz: 'sample rate',
  whole: 'whole',
  readable: 'readable',
  chapterMarks: 'chapter marks',
  sameChannels: 'channels of the set',
  sameSampleRate: 'rate of the set',
};
