/** One chapter of an EPUB 3 with a media overlay: its text with an id on each sentence, and when each is heard. Pure. */
import { type SpokenTake, sentencesOf } from './caption.ts';
import { xmlDocument, xmlText } from './xml.ts';

/** A take as it is read: its text is what the author wrote. */
export interface ReadTake extends SpokenTake {
  /** 0-based index of the sound file that it is in. */
  file: number;
  /** A scene ends with it. */
  sceneAfter: boolean;
}

/** A chapter to write. */
export interface EpubChapter {
  title: string;
  /** In the order they are heard. */
  takes: readonly ReadTake[];
  /** Names of its sound files inside the EPUB, and how long each is; each begins and ends with silence. */
  sounds: readonly { name: string; durationSeconds: number }[];
}

/** The two documents of a chapter. */
export interface ChapterDocuments {
  xhtml: string;
  smil: string;
  durationSeconds: number;
}

/**
 * Writes a chapter's documents. The clips of a sound file leave no gap: each ends where the next begins, so that the pauses
 * are heard, the first begins with the file and the last ends with it.
 *
 * @param name of the chapter's documents inside the EPUB, without folder and ending
 * @param language ISO code
 */
export function chapterDocuments(
  chapter: EpubChapter,
  { name, language }: { name: string; language: string },
): ChapterDocuments {
  const marks: Mark[] = [];
  const separator = /^(zh|ja)/.test(language) ? '' : ' ';
  const lines = linesOf(chapter.takes);
  const paragraphs = lines.map((takes, index) => {
    const spans = takes.map((take) => spansOf(take, marks)).join(separator);
    const isTitle = index === 0 && letters(takes.map(({ text }) => text).join('')) === letters(chapter.title);
    const scene = takes.at(-1)?.sceneAfter === true && index < lines.length - 1 ? '\n<hr/>' : '';
    return isTitle ? `<h1>${spans}</h1>` : `<p>${spans}</p>${scene}`;
  });
  const heading = paragraphs[0]?.startsWith('<h1>') ? '' : `<h1>${xmlText(chapter.title)}</h1>\n`;
  const xhtml = xmlDocument(`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="${language}" xml:lang="${language}">
<head><title>${xmlText(chapter.title)}</title><link rel="stylesheet" type="text/css" href="../style.css"/></head>
<body><section id="chapter" epub:type="chapter">
${heading}${paragraphs.join('\n')}
</section></body>
</html>`);
  const pars = clips(marks, chapter.sounds).map(
    ({ id, sound, from, to }) =>
      `<par id="par-${id}"><text src="../text/${name}.xhtml#${id}"/>` +
      `<audio src="../audio/${sound}" clipBegin="${from.toFixed(3)}s" clipEnd="${to.toFixed(3)}s"/></par>`,
  );
  const smil =
    xmlDocument(`<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">
<body><seq id="all" epub:textref="../text/${name}.xhtml#chapter" epub:type="chapter">
${pars.join('\n')}
</seq></body>
</smil>`);
  return { xhtml, smil, durationSeconds: chapter.sounds.reduce((sum, sound) => sum + sound.durationSeconds, 0) };
}

/** A sentence and where it begins. */
interface Mark {
  id: string;
  file: number;
  startSeconds: number;
}

/** Takes of one line in a row. A line that goes on in the next sound file is still one paragraph. */
function linesOf(takes: readonly ReadTake[]): ReadTake[][] {
  const lines: ReadTake[][] = [];
  for (const take of takes) {
    const last = lines.at(-1);
    if (last?.[0]?.line === take.line) last.push(take);
    else lines.push([take]);
  }
  return lines;
}

/** The take's text, each sentence in a span; what stands between sentences stays as it is. */
function spansOf(take: ReadTake, marks: Mark[]): string {
  let from = 0;
  let out = '';
  for (const { text, startSeconds } of sentencesOf(take)) {
    const at = Math.max(from, take.text.indexOf(text, from));
    const id = `s${marks.length + 1}`;
    marks.push({ id, file: take.file, startSeconds });
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
