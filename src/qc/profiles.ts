import type { CustomMastering } from '../manifest/fields/mastering.ts';
import type { ProfileName } from '../manifest/manifest.ts';

/** An inclusive range; `null` means no limit. */
export interface Range {
  least: number | null;
  most: number | null;
}

/** A delivery target's requirements for a chapter, and the mastering settings to meet them. `null` means no rule or no processing. */
export interface Profile {
  name: ProfileName;
  /** Target loudness of mastering, in LUFS of the mono file. */
  targetLufs: number | null;
  /** Silence with room tone before the first and after the last word. */
  headSeconds: number;
  tailSeconds: number;
  /** Level of the room tone under the whole chapter, in dBFS RMS; `null` leaves digital silence. */
  roomToneDbfs: number | null;
  /** Cutoff of the high-pass filter; `null` for none. DC offset is always removed if there is a target loudness. */
  highPassHz: number | null;
  /** Noise reduction; `null` for none. */
  denoiseDb: number | null;
  rules: ProfileRules;
  /** The source of the numbers. */
  source: string;
}

/** Rules on the finished, encoded file. */
export interface ProfileRules {
  /** Unweighted RMS of the complete file. */
  rmsDbfs: Range | null;
  /** Integrated loudness, BS.1770-4, mono counted once. */
  loudnessLufs: Range | null;
  samplePeakDbfs: Range | null;
  truePeakDbtp: Range | null;
  /** RMS of the quietest half second. */
  noiseFloorDbfs: Range | null;
  /** Noise in each pause of at least half a second, by its quietest quarter second. */
  pauseNoiseDbfs: Range | null;
  /** Number of runs of three or more samples at full scale. */
  clippedRuns: Range | null;
  headSilenceSeconds: Range | null;
  tailSilenceSeconds: Range | null;
  durationSeconds: Range | null;
  /** For MP3 files only. */
  mp3BitRateKbps: Range | null;
  /** For MP3 files only: highest minus lowest bit rate of their frames; 0 for a constant bit rate. */
  mp3BitRateSpreadKbps: Range | null;
  mp3SampleRateHz: Range | null;
}

/** The profile of a chapter with its manifest's changes. Pure. */
export function profileOf({ profile, custom = {} }: { profile: ProfileName; custom?: CustomMastering }): Profile {
  const base = PROFILES[profile];
  const { loudnessLufs, headSeconds, tailSeconds, rmsDbfs, truePeakDbtp, noiseFloorDbfs, durationSeconds } = custom;
  const around = (value: number | undefined, reach: number): Range | undefined =>
    value === undefined ? undefined : { least: Math.max(0, value - reach), most: value + reach };
  const loudness = loudnessLufs === undefined ? undefined : between(loudnessLufs - 1, loudnessLufs + 1);
  const noise = noiseFloorDbfs === undefined ? undefined : atMost(noiseFloorDbfs);
  return {
    ...base,
    targetLufs: loudnessLufs ?? base.targetLufs,
    headSeconds: headSeconds ?? base.headSeconds,
    tailSeconds: tailSeconds ?? base.tailSeconds,
    roomToneDbfs: custom.roomToneDbfs ?? base.roomToneDbfs,
    highPassHz: custom.highPassHz ?? base.highPassHz,
    denoiseDb: custom.denoiseDb ?? base.denoiseDb,
    rules: {
      ...base.rules,
      // One gain cannot meet both rules, so a custom loudness replaces the RMS rule.
      loudnessLufs: loudness ?? base.rules.loudnessLufs,
      rmsDbfs: rmsDbfs ?? (loudness === undefined ? base.rules.rmsDbfs : null),
      truePeakDbtp: truePeakDbtp === undefined ? base.rules.truePeakDbtp : atMost(truePeakDbtp),
      samplePeakDbfs: truePeakDbtp === undefined ? base.rules.samplePeakDbfs : atMost(truePeakDbtp),
      noiseFloorDbfs: noise ?? base.rules.noiseFloorDbfs,
      pauseNoiseDbfs: noise ?? base.rules.pauseNoiseDbfs,
      headSilenceSeconds: around(headSeconds, 0.25) ?? base.rules.headSilenceSeconds,
      tailSilenceSeconds: around(tailSeconds, 0.25) ?? base.rules.tailSilenceSeconds,
      durationSeconds: durationSeconds === undefined ? base.rules.durationSeconds : atMost(durationSeconds),
    },
  };
}

/** Length of a retail sample that shops accept, in seconds: 1 to 5 minutes (ACX: help.acx.com 201456300). */
const SAMPLE_SECONDS = { least: 60, most: 300 };

/**
 * The rules for a retail sample: those of its profile, and the length that shops accept. A requested length below a minute is
 * for another use: then the minimum is half of it. Pure.
 */
export function retailSampleProfile(profile: Profile, seconds: number): Profile {
  const hasRules = Object.values(profile.rules).some((range) => range !== null);
  const least = seconds < SAMPLE_SECONDS.least ? seconds / 2 : SAMPLE_SECONDS.least;
  const durationSeconds = hasRules ? { least, most: SAMPLE_SECONDS.most } : null;
  return { ...profile, rules: { ...profile.rules, durationSeconds } };
}

const NO_RULES: ProfileRules = {
  rmsDbfs: null,
  loudnessLufs: null,
  samplePeakDbfs: null,
  truePeakDbtp: null,
  noiseFloorDbfs: null,
  pauseNoiseDbfs: null,
  clippedRuns: null,
  headSilenceSeconds: null,
  tailSilenceSeconds: null,
  durationSeconds: null,
  mp3BitRateKbps: null,
  mp3BitRateSpreadKbps: null,
  mp3SampleRateHz: null,
};

const atMost = (most: number): Range => ({ least: null, most });
const between = (least: number, most: number): Range => ({ least, most });

/**
 * The delivery profiles by name. A file that passes `acx` meets the shop's technical specification; whether the shop accepts
 * synthetic speech is a matter of its policy.
 */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  acx: {
    name: 'acx',
    // Steady narration at −20 LUFS has an RMS of about −20.5 to −21.5 dBFS, the middle of the shop's range.
    targetLufs: -20,
    headSeconds: 0.75,
    tailSeconds: 2,
    // The shop rejects digital silence; −75 is 15 dB below the noise limit.
    roomToneDbfs: -75,
    highPassHz: null,
    denoiseDb: null,
    rules: {
      ...NO_RULES,
      rmsDbfs: between(-23, -18),
      samplePeakDbfs: atMost(-3),
      // The shop limits the sample peak; true peak is also limited, because decoders differ.
      truePeakDbtp: atMost(-3),
      noiseFloorDbfs: atMost(-60),
      pauseNoiseDbfs: atMost(-60),
      clippedRuns: atMost(0),
      headSilenceSeconds: between(0.5, 1),
      tailSilenceSeconds: between(1, 5),
      durationSeconds: atMost(120 * 60),
      mp3BitRateKbps: { least: 192, most: null },
      mp3BitRateSpreadKbps: atMost(0),
      mp3SampleRateHz: between(44_100, 44_100),
    },
    source: 'help.acx.com article 201456300; audio-dubcheck.com/specs/acx; Audacity ACX Check (noise floor)',
  },
  podcast: {
    name: 'podcast',
    targetLufs: -19,
    headSeconds: 0.5,
    tailSeconds: 1,
    // Digital silence between takes sounds like a dropout on headphones; no rule of this profile counts it.
    roomToneDbfs: -75,
    highPassHz: null,
    denoiseDb: null,
    rules: { ...NO_RULES, loudnessLufs: between(-20, -18), truePeakDbtp: atMost(-1), clippedRuns: atMost(0) },
    source:
      '−19 LUFS mono (−16 stereo) ±1, −1 dBTP: apu.software podcast-loudness-target-mono; Apple Podcasts guidance',
  },
  broadcast: {
    name: 'broadcast',
    targetLufs: -23,
    headSeconds: 0.5,
    tailSeconds: 1,
    roomToneDbfs: -75,
    highPassHz: null,
    denoiseDb: null,
    rules: { ...NO_RULES, loudnessLufs: between(-23.5, -22.5), truePeakDbtp: atMost(-1), clippedRuns: atMost(0) },
    source: 'EBU R 128: −23 LUFS, ±0.5 LU where an exact target is not reached, −1 dBTP',
  },
  none: {
    name: 'none',
    targetLufs: null,
    headSeconds: 0,
    tailSeconds: 0,
    roomToneDbfs: null,
    highPassHz: null,
    denoiseDb: null,
    rules: NO_RULES,
    source: 'takes joined as they were spoken',
  },
};
