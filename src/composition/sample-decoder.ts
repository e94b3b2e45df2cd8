/** Decodes samples for the simulator, which must not know ffmpeg. */
import { decodeToPcm } from '../audio/ffmpeg/decode.ts';
import type { Ffmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import type { DecodeSample } from '../simulator/sample.ts';

/** The service takes 60 s; one more tells "too long" from "just long enough". */
const MAX_SECONDS = 61;

/** Decodes a sample to mono with ffmpeg, at its own rate. Rejects when it cannot be decoded. */
export function sampleDecoder(ffmpeg: Ffmpeg): DecodeSample {
  return async (bytes, signal) => {
    const decoded = await decodeToPcm({
      ffmpeg,
      input: bytes,
      name: 'the sample',
      channels: 1,
      maxSeconds: MAX_SECONDS,
      signal,
    });
    const pcm = new Int16Array(decoded.pcm.length >> 1);
    for (let index = 0; index < pcm.length; index++) pcm[index] = decoded.pcm.readInt16LE(index * 2);
    return {
      pcm,
      sampleRateHz: decoded.format.sampleRateHz,
      channels: decoded.facts.channels,
      sourceSampleRateHz: decoded.facts.sampleRateHz,
      durationSeconds: pcm.length / decoded.format.sampleRateHz,
    };
  };
}
