/** Measurements of files, as a check of them begins with. */
import type { MeasuredFile } from '../../src/qc/measured-file.ts';

/** A good MP3 for ACX. */
export const GOOD: MeasuredFile = {
  container: 'mp3',
  codec: 'mp3',
  durationSeconds: 600,
  sampleRateHz: 44_100,
  channels: 1,
  bitRateKbps: 192,
  rmsDbfs: -20.7,
  loudnessLufs: -20,
  samplePeakDbfs: -3.6,
  truePeakDbtp: -3.5,
  noiseFloorDbfs: -72,
  headSilenceSeconds: 0.75,
  tailSilenceSeconds: 2,
  frameBitRatesKbps: { least: 192, most: 192 },
  peakAtSeconds: 12.5,
  noisiestPause: { startSeconds: 30, seconds: 0.8, noiseDbfs: -70 },
  longestSilence: { startSeconds: 30, seconds: 0.8 },
  longestDigitalSilence: null,
  clippedRuns: 0,
  clippedAtSeconds: null,
  marks: [],
  damage: null,
  curves: { peaks: [], loudnessLufs: [] },
};

const mark = { title: 'One', startSeconds: 0, endSeconds: 600, atSilence: true };
/** What makes a good file fail: together, every rule in every way. */
export const FAILING: readonly Partial<MeasuredFile>[] = [
  {
    ...{ rmsDbfs: -24, samplePeakDbfs: -1, truePeakDbtp: -1, clippedRuns: 3, clippedAtSeconds: 2, noiseFloorDbfs: -50 },
    noisiestPause: { startSeconds: 61, seconds: 0.8, noiseDbfs: -40 },
    ...{ headSilenceSeconds: 0.1, tailSilenceSeconds: 0.1, durationSeconds: 9_000, bitRateKbps: 128 },
    ...{ frameBitRatesKbps: { least: 96, most: 160 }, sampleRateHz: 48_000 },
    damage: 'cut off in the middle of a frame',
    marks: [{ ...mark, startSeconds: 5 }],
  },
  { rmsDbfs: -12, headSilenceSeconds: 3, tailSilenceSeconds: 9, durationSeconds: 0.2, bitRateKbps: null },
  { rmsDbfs: -Infinity, damage: 'cut off: 812 bytes of audio are missing' },
  { damage: 'cut off: 8 of 12 frames are present', marks: [{ ...mark, startSeconds: 0, endSeconds: 0 }] },
  { damage: 'cut off: it claims 9.0 s and has 8.0 s', marks: [{ ...mark, endSeconds: 300 }] },
  { damage: 'cut off: the page that ends its sound is missing' },
  { noiseFloorDbfs: -40, offsetDbfs: -40.2 },
  { damage: 'broken: …', marks: [mark, { ...mark, startSeconds: 300 }] },
  {
    marks: [
      { ...mark, endSeconds: 300 },
      { ...mark, startSeconds: 300, atSilence: false },
    ],
  },
  {
    marks: [
      { ...mark, endSeconds: 900 },
      { ...mark, startSeconds: 900, endSeconds: 901 },
    ],
  },
  { misnamed: { ending: '.mp3', is: 'FLAC' } },
  { mp3Stream: { bytesBefore: 9, bytesWithin: 0, secondFileAtSeconds: null } },
  { mp3Stream: { bytesBefore: 0, bytesWithin: 9, secondFileAtSeconds: null } },
  { mp3Stream: { bytesBefore: 0, bytesWithin: 0, secondFileAtSeconds: 30 } },
];
