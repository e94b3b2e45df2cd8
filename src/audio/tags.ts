import type { ChapterTags, MasterStep } from '../plan/step.ts';

/** ffmpeg's options for a chapter's tags, as they are passed without a shell. Pure. */
export function metadataOptions(tags: ChapterTags, format: MasterStep['formats'][number]): string[] {
  const language = threeLetterLanguage(tags.language);
  const fields: Record<string, string | undefined> = {
    title: tags.title,
    album: tags.album,
    artist: tags.artist,
    album_artist: tags.artist,
    // Players for audiobooks show the composer as the narrator.
    composer: tags.performer,
    genre: 'Audiobook',
    track: `${tags.track}/${tags.tracks}`,
    comment: tags.comment,
    // An MP3 has a frame for it (TLAN); an M4A says it of the track.
    language: format === 'mp3' ? language : undefined,
  };
  const options = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : ['-metadata', `${name}=${clean(value)}`],
  );
  return format === 'm4a' ? [...options, '-metadata:s:a:0', `language=${language}`] : options;
}

/** A program's argument can not hold a zero byte; other control characters stay, as a title may have a line break. */
function clean(value: string): string {
  return value.replaceAll('\0', '');
}

// ISO 639-1 → 639-2/T, for the languages that the service speaks.
const THREE_LETTERS: Record<string, string> = {
  zh: 'zho',
  en: 'eng',
  de: 'deu',
  it: 'ita',
  pt: 'por',
  es: 'spa',
  ja: 'jpn',
  ko: 'kor',
  fr: 'fra',
  ru: 'rus',
  id: 'ind',
};

function threeLetterLanguage(language: string): string {
  return THREE_LETTERS[language.slice(0, 2).toLowerCase()] ?? 'und';
}
