import { describe, expect, it } from 'vitest';
import type { MeasuredFile } from '../../src/qc/measured-file.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile, overallVerdict } from '../../src/qc/verdict.ts';
import { GOOD } from './measured-files.ts';

const failing = (change: Partial<MeasuredFile>) =>
  judgeFile({ ...GOOD, ...change }, PROFILES.acx)
    .rules.filter(({ pass }) => !pass)
    .map(({ rule }) => rule);

describe('judgeChapter', () => {
  it('passes a good file', () => {
    expect(judgeFile(GOOD, PROFILES.acx).verdict).toBe('pass');
  });

  it.each<[string, Partial<MeasuredFile>]>([
    ['rmsDbfs', { rmsDbfs: -23.1 }],
    ['rmsDbfs', { rmsDbfs: -17.9 }],
    ['samplePeakDbfs', { samplePeakDbfs: -2.9 }],
    ['truePeakDbtp', { truePeakDbtp: -2.9 }],
    ['noiseFloorDbfs', { noiseFloorDbfs: -59 }],
    ['headSilenceSeconds', { headSilenceSeconds: 0.2 }],
    ['headSilenceSeconds', { headSilenceSeconds: 30 }],
    ['tailSilenceSeconds', { tailSilenceSeconds: 0.3 }],
    ['durationSeconds', { durationSeconds: 7201 }],
    ['mp3BitRateKbps', { bitRateKbps: 128 }],
    ['mp3BitRateKbps', { bitRateKbps: null }],
    ['mp3SampleRateHz', { sampleRateHz: 48_000 }],
    ['mp3BitRateSpreadKbps', { frameBitRatesKbps: { least: 128, most: 320 } }],
    ['pauseNoiseDbfs', { noisiestPause: { startSeconds: 30, seconds: 0.8, noiseDbfs: -52 } }],
    ['clippedRuns', { clippedRuns: 2, clippedAtSeconds: 4 }],
    ['whole', { damage: 'cut off in the middle of a frame' }],
    ['chapterMarks', { marks: [{ title: 'a', startSeconds: 0, endSeconds: 300, atSilence: true }] }],
  ])('fails %s alone for %o', (rule, change) => {
    expect(failing(change)).toEqual([rule]);
    expect(judgeFile({ ...GOOD, ...change }, PROFILES.acx).verdict).toBe('fail');
  });

  it('does not ask an M4A for the bit rate of an MP3', () => {
    expect(failing({ container: 'mov,mp4,m4a,3gp,3g2,mj2', bitRateKbps: 64 })).toEqual([]);
  });

  it('says what was wanted and what was measured', () => {
    expect(judgeFile({ ...GOOD, rmsDbfs: -24.56 }, PROFILES.acx).rules[0]).toEqual({
      rule: 'rmsDbfs',
      wanted: '-23 … -18 dBFS',
      measured: '-24.6 dBFS',
      pass: false,
      fix: 'Raise the level by 2.1 dB, or a little more.',
    });
    expect(judgeFile({ ...GOOD, loudnessLufs: -Infinity }, PROFILES.podcast).rules[0]).toMatchObject({
      wanted: '-20 … -18 LUFS',
      measured: 'digital silence',
      pass: false,
    });
    expect(judgeFile({ ...GOOD, bitRateKbps: null }, PROFILES.acx).rules).toContainEqual(
      expect.objectContaining({ rule: 'mp3BitRateKbps', wanted: 'at least 192 kb/s', measured: 'unknown' }),
    );
  });

  it('judges nothing by the profile none', () => {
    expect(judgeFile({ ...GOOD, rmsDbfs: 0 }, PROFILES.none)).toEqual({ verdict: 'none', rules: [] });
  });

  it('fails a chapter when one of its files fails', () => {
    expect(overallVerdict([{ verdict: 'pass' }, { verdict: 'fail' }])).toBe('fail');
    expect(overallVerdict([{ verdict: 'pass' }, { verdict: 'pass' }])).toBe('pass');
    expect(overallVerdict([{ verdict: 'none' }])).toBe('none');
  });
});
