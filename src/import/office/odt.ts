import { factsOf } from '../facts/facts.ts';
import { namedFacts } from '../facts/named-facts.ts';
import type { Block, ImportReading, TextOptions } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { wholeXml } from '../markup/damage.ts';
import { attribute, elementsOf, parseMarkup, rawTextOf, textOf } from '../markup/markup.ts';
import { type Omission, sampleOf } from '../tape.ts';
import type { Archive } from '../zip/archive.ts';
import { chaptersOfBlocks } from './chapters-of-blocks.ts';
import { looksOf } from './look.ts';
import { odtLooks } from './odt-looks.ts';
import { odtStyles } from './odt-styles.ts';
import { type OdtParagraph, readOdtText } from './odt-text.ts';
import { hasSeveralHeadings } from './one-heading.ts';
import { blockOf } from './word-text.ts';

/** Files of an OpenDocument. */
const [CONTENT, STYLES] = ['content.xml', 'styles.xml'];

/**
 * Reads an OpenDocument text (.odt): paragraphs with their heading levels, tracked changes accepted. Chapters begin at
 * headings; notes, comments, indexes, headers and footers are left out and reported.
 */
export function readOdt(archive: Archive, options: TextOptions = {}): ImportReading {
  const type = archive.text('mimetype')?.trim() ?? '';
  if (/opendocument\.(?:spreadsheet|presentation|graphics|chart|formula|image|base)/.test(type)) {
    const message = 'This is a spreadsheet, a presentation or a drawing, not a text.';
    return { problem: { code: 'unknown-format', message, fix: 'Copy its text into a .docx or .odt document.' } };
  }
  const listed = parseMarkup(archive.text('META-INF/manifest.xml') ?? '');
  if (elementsOf(listed, 'manifest:encryption-data').next().done === false) {
    const fix = 'Open it in LibreOffice and save it without the password.';
    return { problem: { code: 'unknown-format', message: 'This document is protected by a password.', fix } };
  }
  const content = parseMarkup(wholeXml(archive.text(CONTENT) ?? '', CONTENT));
  const ofStyles = parseMarkup(archive.text(STYLES) ?? '');
  const styles = odtStyles([content, ofStyles]);
  const body = [...elementsOf(content, 'office:body')];
  const { paragraphs, omissions } = readOdtText(body, { part: CONTENT, styles, options });
  const title = options.keepMatter ? [] : titleLines(paragraphs, styles.isTitle);
  const all = paragraphs.map((paragraph) => blocksOf(paragraph, title));
  const blocks = all.flat();
  const looks = hasSeveralHeadings(blocks)
    ? undefined
    : looksOf(
        all,
        odtLooks(
          paragraphs.map(({ element }) => element),
          styles,
        ),
      );
  const titleBlocks = title.flatMap((paragraph) => blocksOf(paragraph, []));
  const reading = chaptersOfBlocks({
    blocks,
    omissions: leaveOutBlocks(omissions, titleBlocks, { reason: 'line of the title page' }),
    facts: odtFacts(archive, title),
    keepMatter: options.keepMatter === true,
    subject: 'OpenDocument file',
    ...(looks && { looks }),
  });
  if ('problem' in reading) reading.problem.fix = 'Check that it is the right file, or save it as .docx.';
  if ('book' in reading) reading.book.omissions = [...(reading.book.omissions ?? []), ...headersAndFooters(ofStyles)];
  return reading;
}

function blocksOf(paragraph: OdtParagraph, without: readonly OdtParagraph[]): Block[] {
  const block = without.includes(paragraph) ? undefined : blockOf(paragraph, paragraph.level);
  return block ? [block] : [];
}

/** Lines in the style "Title" or "Subtitle" before the first heading, where there is one. */
function titleLines(paragraphs: readonly OdtParagraph[], isTitle: (style: string) => boolean): OdtParagraph[] {
  const first = paragraphs.findIndex(({ level, text }) => level !== undefined && text.trim() !== '');
  return paragraphs.slice(0, Math.max(0, first)).filter(({ style, text }) => isTitle(style) && text.trim() !== '');
}

/** OpenDocument 1.3, part 3, 4.3: the creator is who saved it last, the initial creator its author. */
function odtFacts(archive: Archive, title: readonly OdtParagraph[]) {
  const meta = parseMarkup(archive.text('meta.xml') ?? '');
  const of = (name: string): string[] => [...elementsOf(meta, name)].map((element) => textOf(element));
  const own = [...elementsOf(meta, 'meta:user-defined')];
  const named = namedFacts(own.map((element) => [attribute(element, 'meta:name'), textOf(element)]));
  const initial = of('meta:initial-creator').filter((name) => name !== '');
  return factsOf({
    ...named,
    title: [...of('dc:title'), ...title.slice(0, 1).map(({ text }) => text)],
    authors: initial.length > 0 ? initial : of('dc:creator'),
    language: of('dc:language'),
    description: [...(named.description ?? []), ...of('dc:description')],
    publisher: [...(named.publisher ?? []), ...of('dc:publisher')],
  });
}

/** They are on every page of the print. */
function headersAndFooters(styles: ReturnType<typeof parseMarkup>): Omission[] {
  const text = [...elementsOf(styles, 'office:master-styles')].map(rawTextOf).join('');
  const letters = text.replace(/[^\p{L}\p{N}]+/gu, '').length;
  if (letters === 0) return [];
  return [
    { part: STYLES, start: 0, end: letters, reason: 'header or footer', where: STYLES, sample: sampleOf(text.trim()) },
  ];
}
