/** The author's own recordings: clipping is counted as it was recorded, before the level is set. */
import { expect, it } from 'vitest';
import { wavHeader } from '../../src/audio/pcm.ts';
import { convertPickup } from '../../src/audio/samples/pickup.ts';
import { judgeTake } from '../../src/qc/take.ts';
import { bytesOf, ffmpegHere, voice } from './signals.ts';

const RATE = 44_100;
const spoken = voice(2, { gain: 0.6, rateHz: RATE });

/** Stereo, with the fault on the right only; `afterDb` is a gain after the clipping. */
async function doubtsOf({ overDb, afterDb = 0 }: { overDb: number; afterDb?: number }): Promise<string[]> {
  const right = spoken.map((x) => Math.max(-32_767, Math.min(32_767, Math.round(x * 10 ** (overDb / 20)))));
  const after = 10 ** (afterDb / 20);
  const stereo = Int16Array.from({ length: 2 * spoken.length }, (_, i) =>
    Math.round(after * (i % 2 === 0 ? spoken[i >> 1]! : right[i >> 1]!)),
  );
  const header = wavHeader({ sampleRateHz: RATE, channels: 2, dataBytes: stereo.byteLength });
  const bytes = Buffer.concat([header, bytesOf(stereo)]);
  const { measured } = await convertPickup({ ffmpeg: await ffmpegHere(), bytes, name: 'a.wav', sampleRateHz: 24_000 });
  return judgeTake(measured, { text: 'A line that was recorded too loud.' }).doubts.map(({ check }) => check);
}

it.each([{ overDb: 12 }, { overDb: 24 }, { overDb: 36 }, { overDb: 24, afterDb: -9 }])(
  'tells a recording that clips: %o',
  async (clipped) => {
    expect(await doubtsOf(clipped)).toContain('clipped');
  },
);

it('takes a recording that does not clip for good', async () => {
  expect(await doubtsOf({ overDb: 0 })).not.toContain('clipped');
});
