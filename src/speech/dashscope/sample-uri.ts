/** A recording as the enrolment services take it: a public URL, or the file itself as a data URI. */
import { PipelineError } from '../../errors.ts';
import type { CreateVoiceRequest, SampleFile } from '../engine.ts';

/**
 * A data URI must be shorter than this after base64: about 7.5 MB of file. Source: voice-replica page, 2025-08 ("10
 * MB").
 */
const MAX_SAMPLE_URI_CHARACTERS = 10_000_000;

/** The text to send. Throws `sample-refused` for a URL that is not https, and for a file that is too large. */
export function sampleUri(audio: CreateVoiceRequest['audio']): string {
  return 'url' in audio ? publicUrl(audio.url) : dataUri(audio);
}

function publicUrl(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url;
  throw new PipelineError({
    code: 'sample-refused',
    message: 'The URL of the sample does not begin with https://. Use a public https URL.',
    retry: 'never',
  });
}

function dataUri({ bytes, mediaType }: SampleFile): string {
  const prefix = `data:${mediaType};base64,`;
  const characters = prefix.length + Math.ceil(bytes.length / 3) * 4;
  if (characters >= MAX_SAMPLE_URI_CHARACTERS) {
    throw new PipelineError({
      code: 'sample-refused',
      message:
        `The sample is too large: ${(characters / 1_000_000).toFixed(1)} MB as sent; the limit is 10 MB. ` +
        'Cut it to 10 to 20 seconds, or save it as MP3 or M4A.',
      retry: 'never',
    });
  }
  return prefix + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
