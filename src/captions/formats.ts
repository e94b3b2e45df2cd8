/** Caption files: SRT and WebVTT for players, LRC for music players, labels for Audacity. Pure. */
import type { SubtitleFormat } from '../manifest/manifest.ts';
import type { Caption } from './caption-times.ts';
import { columnsOf } from './columns.ts';
import { evenParts } from './words.ts';

/** The header of a file, for formats that have one. */
export interface CaptionHead {
  title: string;
  album: string;
  artist: string;
  durationSeconds: number;
}

/** A complete file with a final newline, to be encoded as UTF-8. */
export function captionFile(captions: readonly Caption[], format: SubtitleFormat, head: CaptionHead): string {
  return { srt, vtt, lrc }[format](captions, head);
}

/** Labels for Audacity (File › Import › Labels): start, end and text, separated by tabs. */
export function audacityLabels(captions: readonly Caption[]): string {
  const line = ({ startSeconds, endSeconds, character, text }: Caption): string =>
    [startSeconds.toFixed(6), endSeconds.toFixed(6), oneLine(`${character}: ${text}`)].join('\t');
  return captions.map((caption) => `${line(caption)}\n`).join('');
}

function srt(captions: readonly Caption[]): string {
  const cues = captions.flatMap(eachWord);
  return cues
    .map(({ startSeconds, endSeconds, text }, index) => {
      // A blank line would end the cue.
      const rows = wrapped(oneLine(text)).join('\n');
      return `${index + 1}\n${timestamp(startSeconds, ',')} --> ${timestamp(endSeconds, ',')}\n${rows}\n\n`;
    })
    .join('');
}

/** SRT has no times inside a cue, so with the unit `word` each word is a separate cue. */
function eachWord(caption: Caption): Caption[] {
  if (caption.words === undefined) return [caption];
  return caption.words.map(({ text, startSeconds }, index, all) => {
    return {
      ...caption,
      text: text.trim(),
      startSeconds,
      endSeconds: all[index + 1]?.startSeconds ?? caption.endSeconds,
    };
  });
}

function vtt(captions: readonly Caption[], { title }: CaptionHead): string {
  const source = sourceOfTimes(captions);
  const note = source === undefined ? '' : `NOTE The ${source}.\n\n`;
  const cues = captions.map(({ startSeconds, endSeconds, character, text, words, number }) => {
    const said =
      words === undefined
        ? wrapped(oneLine(text)).map(escapeVtt).join('\n')
        : words
            .map(
              (word, index) =>
                (index === 0 ? '' : `<${timestamp(word.startSeconds, '.')}>`) + escapeVtt(oneLine(word.text)),
            )
            .join('');
    const voice = escapeVtt(oneLine(character)).replaceAll('>', '');
    // A cue's identifier; players do not show it.
    const identifier = number === undefined ? '' : `${number}\n`;
    return `${identifier}${timestamp(startSeconds, '.')} --> ${timestamp(endSeconds, '.')}\n<v ${voice}>${said}\n\n`;
  });
  return `WEBVTT - ${escapeVtt(oneLine(title)).replaceAll('-->', '->')}\n\n${note}${cues.join('')}`;
}

/**
 * Says where the times of single words come from, or those of sentences that the service told; undefined where only lines
 * are timed, or everything within them is estimated.
 */
function sourceOfTimes(captions: readonly Caption[]): string | undefined {
  const words = captions.flatMap(({ words: of }) => of ?? []);
  if (words.length === 0) return sourceOfSentenceTimes(captions);
  const told = words.filter(({ isTold }) => isTold === true).length;
  if (told === 0) return 'times of single words are estimated';
  if (told === words.length) return 'times of single words come from the speech service';
  return `times of ${told} of ${words.length} words come from the speech service; the others are estimated`;
}

function sourceOfSentenceTimes(captions: readonly Caption[]): string | undefined {
  const told = captions.filter(({ anchors = [] }) => anchors.length > 0).length;
  if (told === 0) return undefined;
  if (told === captions.length) return 'times of sentences come from the speech service';
  return `times of ${told} of ${captions.length} captions come from the speech service; the others are estimated`;
}

function escapeVtt(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function lrc(captions: readonly Caption[], { title, album, artist, durationSeconds }: CaptionHead): string {
  const tag = (name: string, value: string): string => (value === '' ? '' : `[${name}:${oneLine(value)}]\n`);
  const source = sourceOfTimes(captions);
  const estimated = source === undefined ? '' : tag('re', source);
  const head =
    tag('ti', title) + tag('ar', artist) + tag('al', album) + tag('length', minutes(durationSeconds)) + estimated;
  const body = captions.map(({ startSeconds, text, words }) => {
    const said =
      words === undefined
        ? oneLine(text)
        : words.map((word) => `<${minutes(word.startSeconds)}>${oneLine(word.text)}`).join('');
    return `[${minutes(startSeconds)}]${said}\n`;
  });
  return head + body.join('');
}

/** `01:02:03,456`. Times are truncated, so that a caption never ends after the start of the next. */
function timestamp(seconds: number, point: ',' | '.'): string {
  const ms = Math.floor(seconds * 1000 + 1e-6);
  const part = (of: number, width: number): string => String(of).padStart(width, '0');
  const [hours, rest] = [Math.floor(ms / 3_600_000), ms % 3_600_000];
  return `${part(hours, 2)}:${part(Math.floor(rest / 60_000), 2)}:${part(Math.floor(rest / 1000) % 60, 2)}${point}${part(rest % 1000, 3)}`;
}

/** `62:03.45`: LRC has no hours. */
function minutes(seconds: number): string {
  const hundredths = Math.floor(seconds * 100 + 1e-6);
  const two = (of: number): string => String(of).padStart(2, '0');
  return `${two(Math.floor(hundredths / 6000))}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

const ROW_COLUMNS = 42;

/** Rows of about equal length, of at most about 42 columns. */
function wrapped(text: string): string[] {
  const total = columnsOf(text);
  if (total <= ROW_COLUMNS) return [text];
  return evenParts(text, Math.ceil(total / ROW_COLUMNS)).map((row) => row.trim());
}
