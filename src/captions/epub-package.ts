/** The package document and other fixed files of an EPUB 3 with media overlays. Pure. */
import type { Publication } from '../manifest/fields/publication.ts';
import { xmlDocument, xmlText } from './xml.ts';

/** The contents of the package. */
export interface EpubPackage {
  title: string;
  author: string;
  /** How the book was published. Absent: nothing is known. */
  publication?: Publication;
  /** Credited as the narrator. Absent: a synthetic voice. */
  narrator?: string;
  language: string;
  /** URN; the same for all editions of the book. */
  identifier: string;
  /** ISO 8601, UTC. */
  modifiedAt: string;
  simulated: boolean;
  /** In reading order. */
  chapters: readonly { name: string; title: string; durationSeconds: number; sounds: readonly string[] }[];
  /** Name in the EPUB, and media type. */
  cover?: { name: string; mediaType: string };
}

/** A text file of an EPUB. */
export interface EpubText {
  name: string;
  text: string;
}

/** All files of the package except chapters, audio and images. Readers start with the first one. */
export function packageFiles(book: EpubPackage): EpubText[] {
  return [
    { name: 'META-INF/container.xml', text: CONTAINER },
    { name: 'EPUB/package.opf', text: opf(book) },
    { name: 'EPUB/nav.xhtml', text: nav(book) },
    { name: 'EPUB/style.css', text: STYLE },
  ];
}

const CONTAINER = xmlDocument(`<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>`);

/** The CSS class that readers apply to the active text; named as in EPUB's examples. */
const ACTIVE_CLASS = '-epub-media-overlay-active';

const STYLE = `.${ACTIVE_CLASS} { background: #fde9a9; color: #000 }
hr { border: 0; margin: 1.5em 0; text-align: center }
hr::after { content: "* * *" }
`;

function opf(book: EpubPackage): string {
  const { title, author, language, identifier, chapters, cover } = book;
  const narrator = book.narrator ?? 'Synthetic voice';
  const total = chapters.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const synthetic = `Read aloud by synthetic speech.${book.simulated ? ' SIMULATED, not for delivery.' : ''}`;
  const metadata = [
    `<dc:identifier id="id">${xmlText(identifier)}</dc:identifier>`,
    `<dc:title>${xmlText(title)}</dc:title>`,
    `<dc:language>${xmlText(language)}</dc:language>`,
    ...(author === '' ? [] : [`<dc:creator>${xmlText(author)}</dc:creator>`]),
    ...publicationOf(book.publication ?? {}),
    `<dc:description>${synthetic}</dc:description>`,
    `<meta property="dcterms:modified">${book.modifiedAt.slice(0, 19)}Z</meta>`,
    `<meta property="media:duration">${clock(total)}</meta>`,
    ...chapters.map(
      ({ name, durationSeconds }) =>
        `<meta property="media:duration" refines="#${name}-overlay">${clock(durationSeconds)}</meta>`,
    ),
    `<meta property="media:narrator">${xmlText(narrator)}</meta>`,
    `<meta property="media:active-class">${ACTIVE_CLASS}</meta>`,
  ];
  const manifest = [
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
    '<item id="style" href="style.css" media-type="text/css"/>',
    ...(cover === undefined
      ? []
      : [`<item id="cover" href="${cover.name}" media-type="${cover.mediaType}" properties="cover-image"/>`]),
    ...chapters.flatMap(({ name, sounds }) => [
      `<item id="${name}" href="text/${name}.xhtml" media-type="application/xhtml+xml" media-overlay="${name}-overlay"/>`,
      `<item id="${name}-overlay" href="overlay/${name}.smil" media-type="application/smil+xml"/>`,
      ...sounds.map(
        (sound) =>
          `<item id="sound-${sound.replace('.', '-')}" href="audio/${sound}" media-type="${soundType(sound)}"/>`,
      ),
    ]),
  ];
  const spine = chapters.map(({ name }) => `<itemref idref="${name}"/>`);
  return xmlDocument(`<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="${language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
${metadata.join('\n')}
</metadata>
<manifest>
${manifest.join('\n')}
</manifest>
<spine>
${spine.join('\n')}
</spine>
</package>`);
}

function soundType(name: string): string {
  return name.endsWith('.mp3') ? 'audio/mpeg' : 'audio/mp4';
}

/** Source of the properties: EPUB 3.3, 5.5.4 and appendix D. */
function publicationOf({ subtitle, series, description, publisher, isbn, rights, date }: Publication): string[] {
  const element = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`<dc:${name}>${xmlText(value)}</dc:${name}>`];
  return [
    ...(subtitle === undefined
      ? []
      : [
          `<dc:title id="subtitle">${xmlText(subtitle)}</dc:title>`,
          '<meta refines="#subtitle" property="title-type">subtitle</meta>',
        ]),
    ...(series === undefined
      ? []
      : [
          `<meta property="belongs-to-collection" id="series">${xmlText(series.name)}</meta>`,
          '<meta refines="#series" property="collection-type">series</meta>',
          ...(series.number === undefined
            ? []
            : [`<meta refines="#series" property="group-position">${xmlText(series.number)}</meta>`]),
        ]),
    ...element('identifier', isbn && `urn:isbn:${isbn}`),
    ...element('publisher', publisher),
    ...element('rights', rights),
    ...element('date', date),
    ...element('description', description),
  ];
}

function nav({ title, language, chapters }: EpubPackage): string {
  const items = chapters.map(
    (chapter) => `<li><a href="text/${chapter.name}.xhtml">${xmlText(chapter.title)}</a></li>`,
  );
  return xmlDocument(`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="${language}" xml:lang="${language}">
<head><title>${xmlText(title)}</title></head>
<body><nav epub:type="toc" id="toc"><h1>${xmlText(title)}</h1>
<ol>
${items.join('\n')}
</ol></nav></body>
</html>`);
}

/** `1:02:03.456`, a clock value of SMIL 3. */
function clock(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = `${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}`;
  return `${Math.floor(ms / 3_600_000)}:${rest}.${String(ms % 1000).padStart(3, '0')}`;
}
