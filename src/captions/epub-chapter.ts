/** A chapter of an EPUB 3 with a media overlay: its text with an ID for each sentence, and the sentences' times. Pure. */
import { HEAD_LINE } from '../script/lines/line-name.ts';
import { type SpokenTake, sentencesOf } from './caption-times.ts';
import { EARLIER_SEARCHES } from './earlier-searches.ts';
import { ALL_AT_ONCE, type PauseSearch } from './pause-search.ts';
import { xmlDocument, xmlText } from './xml.ts';

/** A take with the author's text. */
export interface ReadTake extends SpokenTake {
  /** 0-based index of its audio file. */
  file: number;
  /** A scene ends after it. */
  sceneAfter: boolean;
}

/** A chapter to write. */
export interface EpubChapter {
  title: string;
  /** In listening order. */
  takes: readonly ReadTake[];
  /** Names and lengths of its audio files in the EPUB; each begins and ends with silence. */
  sounds: readonly { name: string; durationSeconds: number }[];
}

/** The two documents of a chapter. */
export interface ChapterDocuments {
  xhtml: string;
  smil: string;
  /** The overlay as earlier versions wrote it: with other times, or without the source of its times. */
  earlierSmils(): string[];
  durationSeconds: number;
}

/**
 * Writes a chapter's documents. The clips of an audio file have no gaps, so that pauses are heard: the first begins with the
 * file, each ends where the next begins, and the last ends with the file.
 *
 * @param name of the chapter's documents in the EPUB, without folder and extension
 * @param language ISO code
 */
export function chapterDocuments(
  chapter: EpubChapter,
  { name, language }: { name: string; language: string },
): ChapterDocuments {
  const { marks, paragraphs } = readChapter(chapter, language, ALL_AT_ONCE);
  const heading = paragraphs[0]?.startsWith('<h1>') ? '' : `<h1>${xmlText(chapter.title)}</h1>\n`;
  const xhtml = xmlDocument(`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="${language}" xml:lang="${language}">
<head><title>${xmlText(chapter.title)}</title><link rel="stylesheet" type="text/css" href="../style.css"/></head>
<body><section id="chapter" epub:type="chapter">
${heading}${paragraphs.join('\n')}
</section></body>
</html>`);
  const smil = (of: readonly Mark[], source: string) => {
    const pars = clips(of, chapter.sounds).map(
      ({ id, sound, from, to }) =>
        `<par id="par-${id}"><text src="../text/${name}.xhtml#${id}"/>` +
        `<audio src="../audio/${sound}" clipBegin="${from.toFixed(3)}s" clipEnd="${to.toFixed(3)}s"/></par>`,
    );
    return xmlDocument(`<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">
${source}<body><seq id="all" epub:textref="../text/${name}.xhtml#chapter" epub:type="chapter">
${pars.join('\n')}
</seq></body>
</smil>`);
  };
  return {
    xhtml,
    smil: smil(marks, sourceOf(marks)),
    earlierSmils: () =>
      EARLIER_SEARCHES.flatMap((search) => {
        const earlier = readChapter(chapter, language, search).marks;
        return [smil(earlier, sourceOf(earlier)), smil(earlier, '')];
      }),
    durationSeconds: chapter.sounds.reduce((sum, sound) => sum + sound.durationSeconds, 0),
  };
}

/** The paragraphs of a chapter as XHTML, and its sentences. */
function readChapter(
  chapter: EpubChapter,
  language: string,
  search: PauseSearch,
): { marks: Mark[]; paragraphs: string[] } {
  const marks: Mark[] = [];
  const separator = /^(zh|ja)/.test(language) ? '' : ' ';
  const lines = linesOf(chapter.takes);
  const paragraphs = lines.map((takes, index) => {
    const spans = takes.map((take) => spansOf(take, marks, search)).join(separator);
    const isTitle =
      index === 0 &&
      (takes[0]?.line === HEAD_LINE || letters(takes.map(({ text }) => text).join('')) === letters(chapter.title));
    const scene = takes.at(-1)?.sceneAfter === true && index < lines.length - 1 ? '\n<hr/>' : '';
    return isTitle ? `<h1>${spans}</h1>` : `<p>${spans}</p>${scene}`;
  });
  return { marks, paragraphs };
}

/** A sentence and its start. */
interface Mark {
  id: string;
  file: number;
  startSeconds: number;
  /** The service told the time. */
  isTold: boolean;
}

/** A comment on where the times come from; empty when all are estimated, as those of earlier versions were. */
function sourceOf(marks: readonly Mark[]): string {
  const told = marks.filter(({ isTold }) => isTold).length;
  if (told === 0) return '';
  const others = told === marks.length ? '' : '; the others are estimated';
  return `<!-- The times of ${told} of ${marks.length} sentences come from the speech service${others}. -->\n`;
}

/** Takes grouped by line. A line that continues in the next audio file is still one paragraph. */
function linesOf(takes: readonly ReadTake[]): ReadTake[][] {
  const lines: ReadTake[][] = [];
  for (const take of takes) {
    const last = lines.at(-1);
    if (last?.[0]?.line === take.line) last.push(take);
    else lines.push([take]);
  }
  return lines;
}

/** The take's text with each sentence in a span; text between sentences is unchanged. */
function spansOf(take: ReadTake, marks: Mark[], search: PauseSearch): string {
  let from = 0;
  let out = '';
  for (const { text, startSeconds, anchors = [] } of sentencesOf(take, search)) {
    const at = Math.max(from, take.text.indexOf(text, from));
    const id = `s${marks.length + 1}`;
    marks.push({ id, file: take.file, startSeconds, isTold: anchors.length > 0 });
    out += `${xmlText(take.text.slice(from, at))}<span id="${id}">${xmlText(text)}</span>`;
    from = at + text.length;
  }
  return out + xmlText(take.text.slice(from));
}

function clips(marks: readonly Mark[], sounds: EpubChapter['sounds']) {
  return marks.map(({ id, file, startSeconds }, index) => {
    const before = marks[index - 1];
    const next = marks[index + 1];
    const sound = sounds[file]!;
    const from = before?.file === file ? startSeconds : 0;
    const to = next?.file === file ? next.startSeconds : sound.durationSeconds;
    return { id, sound: sound.name, from, to };
  });
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
