/** Editions for tests: small, complete, every digest different. */
import { createHash } from 'node:crypto';
import type { Edition, EditionSegment } from '../../src/plan/edition.ts';

export const digest = (of: string): string => createHash('sha256').update(of).digest('hex');

export function said(character: string, text: string, more: Partial<EditionSegment> = {}): EditionSegment {
  return {
    character,
    text,
    pauseMs: 500,
    take: digest(`${character} ${text}`),
    sound: digest(`sound ${text}`),
    ...more,
  };
}

export function edition(chapters: Record<string, EditionSegment[]>, more: Partial<Edition> = {}): Edition {
  return {
    title: 'A Small Book',
    author: 'Somebody',
    manifest: 'book.yaml',
    simulated: false,
    realm: 'dashscope',
    model: 'model',
    language: 'en',
    voices: { mara: { voice: digest('m'), sample: digest('ms') }, narrator: { id: 'voice' } },
    words: null,
    settings: { mastering: 'acx', custom: null, formats: ['mp3'] },
    chapters: Object.entries(chapters).map(([title, segments]) => ({
      title,
      source: { file: 'one.txt', digest: digest(title) },
      files: { mp3: digest(JSON.stringify(segments)) },
      master: digest(`master ${JSON.stringify(segments)}`),
      ffmpeg: '5.1',
      segments,
    })),
    book: null,
    ...more,
  };
}
