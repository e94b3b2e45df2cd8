import * as z from 'zod';

/** A manifest's changes to its delivery profile; absent values stay as in the profile. */
export interface CustomMastering {
  /** Target loudness, in LUFS of the mono file. The profile's loudness rule becomes ±1 LU around it. */
  loudnessLufs?: number;
  /** Allowed unweighted RMS, in dBFS. */
  rmsDbfs?: { least: number; most: number };
  /** Highest true peak, in dBTP. */
  truePeakDbtp?: number;
  /** Highest noise floor in the pauses, in dBFS RMS. */
  noiseFloorDbfs?: number;
  /** Silence before the first word. The profile's rule becomes ±0.25 s around it; the same for the tail. */
  headSeconds?: number;
  tailSeconds?: number;
  /** Level of the room tone under the whole chapter, in dBFS RMS. */
  roomToneDbfs?: number;
  /** Longest chapter. */
  durationSeconds?: number;
  /** Cutoff of the high-pass filter. */
  highPassHz?: number;
  /** Reduction of the noise reduction filter. */
  denoiseDb?: number;
}

const number = (least: number, most: number) => z.number().min(least).max(most).optional();

/** The group `output.custom` with the manifest's field names. */
export const customSchema = z.strictObject({
  loudness: number(-36, -9).describe('Target loudness, in LUFS of the mono file.'),
  rms: z.array(z.number().min(-60).max(0)).length(2).optional().describe('Lowest and highest RMS, such as [-23, -18].'),
  'true-peak': number(-20, -0.1).describe('Highest true peak, in dBTP.'),
  noise: number(-100, -30).describe('Highest noise floor in the pauses, in dBFS.'),
  head: number(0, 10).describe('Seconds of silence before the first word.'),
  tail: number(0, 20).describe('Seconds of silence after the last word.'),
  'room-tone': number(-100, -50).describe('Level of the room tone, in dBFS.'),
  minutes: number(1, 1200).describe('Longest allowed chapter, in minutes.'),
  'high-pass': number(20, 200).describe('Cutoff frequency of the high-pass filter against rumble, in Hz.'),
  denoise: number(1, 24).describe('Noise reduction, in dB.'),
});

/**
 * Reads the group. `pauses.head` and `pauses.tail` are the defaults of its `head` and `tail`. Undefined when nothing
 * changes.
 */
export function readCustom(
  raw: z.infer<typeof customSchema> = {},
  pausesMs: { head?: number; tail?: number } = {},
): CustomMastering | undefined {
  const [least, most] = raw.rms === undefined ? [] : [Math.min(...raw.rms), Math.max(...raw.rms)];
  const custom: CustomMastering = {
    loudnessLufs: raw.loudness,
    rmsDbfs: least === undefined || most === undefined ? undefined : { least, most },
    truePeakDbtp: raw['true-peak'],
    noiseFloorDbfs: raw.noise,
    headSeconds: raw.head ?? seconds(pausesMs.head),
    tailSeconds: raw.tail ?? seconds(pausesMs.tail),
    roomToneDbfs: raw['room-tone'],
    durationSeconds: raw.minutes === undefined ? undefined : raw.minutes * 60,
    highPassHz: raw['high-pass'],
    denoiseDb: raw.denoise,
  };
  const given = Object.entries(custom).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
