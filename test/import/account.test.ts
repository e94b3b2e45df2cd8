/** The account of every letter: it balances for any markup, and finds whatever is cut, moved or changed. */
import { strToU8 } from 'fflate';
import { expect, it } from 'vitest';
import { accountOf, imported } from './account.ts';
import { docx, epub, odt, PNG } from './epub.ts';

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WORDS = 'lamp storm harbour night 灯塔 42 été Straße gull ninety water oil who 夜 quiet fog boat'.split(' ');
const sentence = (random: (below: number) => number, index: number): string =>
  `${Array.from({ length: 4 + random(9) }, () => WORDS[random(WORDS.length)]).join(' ')} ${index}.`;

/** A manuscript of chapters of paragraphs, in eight formats. */
const FORMATS: Record<string, (chapters: string[][]) => Uint8Array> = {
  'a.epub': (chapters) =>
    epub({
      documents: Object.fromEntries(
        chapters.map((texts, index) => [
          `c${index}.xhtml`,
          `<h2>Chapter ${index + 1}</h2>${texts.map((text) => `<p>${text}<a epub:type="noteref" href="#n">7</a></p>`).join('')}`,
        ]),
      ),
    }),
  'a.docx': (chapters) =>
    docx(
      chapters
        .map(
          (texts, index) =>
            `<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Chapter ${index + 1}</w:t></w:r></w:p>${texts.map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>`).join('')}`,
        )
        .join(''),
    ),
  'a.txt': (chapters) =>
    strToU8(chapters.map((texts, index) => [`Chapter ${index + 1}`, ...texts].join('\n\n')).join('\n\n')),
  'a.md': (chapters) =>
    strToU8(
      chapters.map((texts, index) => [`# Chapter ${index + 1}`, ...texts, '![map](map.png)'].join('\n\n')).join('\n\n'),
    ),
};

Object.assign(FORMATS, {
  'a.html': (chapters: string[][]) =>
    strToU8(
      `<html><head><title>T</title><style>p { margin: 0 }</style></head><body>${chapters.map((texts, index) => `<h1>Chapter ${index + 1}</h1>${texts.map((text) => `<p>${text}<sup>7</sup>`).join('')}`).join('')}`,
    ),
  'a.odt': (chapters: string[][]) =>
    odt(
      chapters
        .map(
          (texts, index) =>
            `<text:h text:outline-level="1">Chapter ${index + 1}</text:h>${texts.map((text) => `<text:p>${text}<text:note><text:note-citation>7</text:note-citation><text:note-body><text:p>Note</text:p></text:note-body></text:note></text:p>`).join('')}`,
        )
        .join(''),
    ),
  'a.srt': (chapters: string[][]) => subtitles(chapters, ',', (text, index) => `${index % 3 ? '' : 'MARA: '}${text}`),
  'a.vtt': (chapters: string[][]) =>
    subtitles(chapters, '.', (text, index) => `<v ${index % 2 ? 'Tom' : 'Mara'}><i>${text}</i>`),
});

function subtitles(chapters: string[][], point: string, write: (text: string, index: number) => string): Uint8Array {
  const cues = chapters
    .flat()
    .map((text, index) => `${index + 1}\n00:00:01${point}000 --> 00:00:03${point}000\n${write(text, index)}\n\n`);
  return strToU8((point === '.' ? 'WEBVTT\n\nNOTE Made by a test\n\n' : '') + cues.join(''));
}

/** One change to a manuscript: a paragraph cut, moved to another place or chapter, doubled, or a word of it lost. */
function changed(chapters: string[][], random: (below: number) => number): string[][] {
  const out = chapters.map((texts) => [...texts]);
  const from = out[random(out.length)]!;
  const at = random(from.length);
  const kind = random(4);
  if (kind === 0 && from.length > 1) from.splice(at, 1);
  else if (kind === 1) from.splice(at, 0, from[at]!);
  else if (kind === 2) from[at] = from[at]!.replace(/^\S+ /, '');
  else {
    const others = out.filter((texts) => texts !== from);
    const to = others[random(others.length)]!;
    to.splice(random(to.length + 1), 0, ...from.splice(at, 1));
    if (from.length === 0) from.push('Nobody came 0.');
  }
  return out;
}

it.each(Object.keys(FORMATS))('finds every paragraph that is cut, moved or changed: 75 of %s', (name) => {
  const missed: number[] = [];
  for (let seed = 0; seed < 75; seed++) {
    const random = numbers(seed);
    const chapters = Array.from({ length: 2 + random(3) }, (_, chapter) =>
      Array.from({ length: 1 + random(6) }, (_, index) => sentence(random, chapter * 100 + index)),
    );
    const write = FORMATS[name]!;
    const { book, account } = imported(name, write(chapters));
    expect(account.letters.source).toBe(account.letters.chapters + account.letters.leftOut);
    if (!('problem' in accountOf(book, write(changed(chapters, random))))) missed.push(seed);
  }
  expect(missed).toEqual([]);
});

it('finds an importer that drops, moves or swaps what it read, and one that says it left out what it did not', () => {
  const texts = ['First lamp.', 'Second storm.', 'Third night.'];
  const bytes = FORMATS['a.epub']!([texts, texts.map((text) => `${text} Again.`)]);
  const fresh = (): ReturnType<typeof imported>['book'] => structuredClone(imported('a.epub', bytes).book);
  const spoilt: Record<string, (book: ReturnType<typeof fresh>) => void> = {
    drops: ({ chapters }) => chapters[0]!.blocks.splice(2, 1),
    swaps: ({ chapters }) => chapters[0]!.blocks.splice(1, 2, ...chapters[0]!.blocks.slice(1, 3).reverse()),
    moves: ({ chapters }) => chapters[1]!.blocks.push(...chapters[0]!.blocks.splice(1, 1)),
    doubles: ({ chapters }) => chapters[0]!.blocks.push(chapters[0]!.blocks[1]!),
    'drops the end of a paragraph': ({ chapters }) => {
      chapters[0]!.blocks[1]!.text = 'First';
    },
    'drops a chapter': ({ chapters }) => chapters.pop(),
    'reads a note mark': ({ omissions }) => omissions!.shift(),
    'leaves out twice': ({ omissions }) => omissions!.push(omissions![0]!),
    'leaves out what it reads': ({ omissions }) => omissions!.push({ ...omissions![0]!, start: 0, end: 3 }),
  };
  const found = Object.entries(spoilt).filter(([, spoil]) => {
    const book = fresh();
    spoil(book);
    return 'problem' in accountOf(book, bytes);
  });
  expect(found.map(([name]) => name)).toEqual(Object.keys(spoilt));
});

it('names the place of what is lost', () => {
  const bytes = FORMATS['a.epub']!([['First lamp.', 'Second storm.'], ['Third.']]);
  const { book } = imported('a.epub', bytes);
  book.chapters[0]!.blocks.splice(2, 1);
  expect(accountOf(book, bytes)).toMatchObject({
    problem: {
      code: 'letters-unaccounted',
      message: expect.stringContaining('"Secondstorm7" is in no chapter, and not left out either (OEBPS/c0.xhtml)'),
    },
  });
});

const PIECES = [
  ...[
    '<p>',
    '</p>',
    '<div>',
    '</div>',
    '<table>',
    '<tr><td>',
    '</table>',
    '<b>',
    '</b>',
    '<i>',
    '<br/>',
    '<p/>',
    '<a id="x"/>',
  ],
  ...[
    'lamp ',
    '灯',
    '&amp; ',
    '&eacute;t',
    '&#233;',
    '& ',
    '<!-- not text -->',
    '<![CDATA[cdata <b> ]]>',
    '<?pi data?>',
  ],
  ...[
    '<img alt="T"/>',
    '<span aria-label="W">w</span>',
    '<svg><title>t</title><text>drawn</text></svg>',
    '<ruby>灯<rt>とう</rt></ruby>',
  ],
  ...[
    '<script>var a = "<p>no</p>";</script>',
    '<style>p { color: red }</style>',
    '<script src="x"/>',
    '<title/>',
    '<textarea>t</textarea>',
  ],
  ...[
    '<object>other</object>',
    '<noscript><p>none</p></noscript>',
    '<math><mi>x</mi></math>',
    '<li>',
    '<h2>',
    '</h2>',
    '<hr/>',
  ],
  ...[
    '<ns:p xmlns:ns="http://www.w3.org/1999/xhtml">',
    '</ns:p>',
    '𝒳 ',
    'e\u0301',
    '<select><option>o</option></select>',
    '</x>',
    '<',
  ],
];

it('balances for markup of any shape: 150 pages of scraps', () => {
  const random = numbers(7);
  for (let page = 0; page < 150; page++) {
    const body = `<p>One.</p>${Array.from({ length: 25 }, () => PIECES[random(PIECES.length)]).join('')}`;
    const bytes = epub({ documents: { 'a.xhtml': body } });
    expect(() => imported('a.epub', bytes), body).not.toThrow();
  }
});

const item = (id: string, href: string, type: string, fallback = ''): string =>
  `<item id="${id}" href="${href}" media-type="${type}"${fallback && ` fallback="${fallback}"`}/>`;

it('reads no picture, data, style sheet, script or font in the reading order, whatever its name and type say', () => {
  const files = {
    'OEBPS/p.xhtml': PNG,
    'OEBPS/j.xhtml': '{"secret": "words in data"}',
    'OEBPS/s.css': 'body { color: red }',
    'OEBPS/x.js': 'var words = "nothing";',
    'OEBPS/f.otf': strToU8('OTTO\0\0 font words'),
    'OEBPS/real.css': '<html><body><p>A page by what it is.</p></body></html>',
    'OEBPS/instead.xhtml': '<html><body><p>Read instead.</p></body></html>',
  };
  const coverItem = [
    item('p', 'p.xhtml', 'application/xhtml+xml'),
    item('j', 'j.xhtml', 'application/xhtml+xml', 'i'),
    item('s', 's.css', 'text/css', 's'),
    item('x', 'x.js', 'text/javascript'),
    item('f', 'f.otf', 'application/xhtml+xml'),
    item('r', 'real.css', 'text/css'),
    item('i', 'instead.xhtml', 'application/xhtml+xml'),
  ].join('');
  const more = ['p', 'j', 's', 'x', 'f', 'r'].map((id) => `<itemref idref="${id}"/>`).join('');
  const { chapters, leftOut, account } = imported(
    'a.epub',
    epub({
      documents: { '1.xhtml': '<p>First.</p>' },
      coverItem,
      files,
      guide: `</guide></package><spine>${more}</spine><guide>`,
    }),
  );
  expect(Object.values(chapters)).toEqual(['First.\n', 'Read instead.\n', 'A page by what it is.\n']);
  expect(leftOut).toEqual([
    'Left out: 5 files without text in the reading order (first in OEBPS/p.xhtml: "a PNG picture").',
  ]);
  expect(account.leftOut.map(({ sample }) => sample)).toEqual([
    'a PNG picture',
    'JSON data',
    'a style sheet',
    'a script',
    'a font',
  ]);
});

it.each([
  ['a FictionBook', '<?xml version="1.0"?><FictionBook><body/></FictionBook>', 'This is a FictionBook (.fb2).'],
  ['other XML', '<?xml version="1.0"?><!-- x --><TEI><text>T</text></TEI>', 'This is XML ("tei"), not prose.'],
  ['data', '{"a": [1, 2]}', 'This is JSON data, not prose.'],
  ['a style sheet', '@charset "utf-8";\np { color: red }', 'This is a style sheet, not prose.'],
  ['a picture', PNG, 'This is a PNG picture, not a manuscript.'],
  ['a Kindle book', strToU8(`Title${'\0'.repeat(55)}BOOKMOBI`), 'This is a Kindle book.'],
])('refuses %s named .txt in words for an editor', (_name, bytes, message) => {
  expect(() => imported('a.txt', bytes)).toThrow(message);
});

it.each([
  ['a tag', '<b>Bold</b> words.\n'],
  ['a bracket', '[Enter Mara] Who is there?\n'],
  ['a word that begins other files', 'BM is a code. true enough.\n'],
  ['a time', '10:30 was the hour --> he said.\n'],
])('reads prose that begins with %s', (_name, text) => {
  expect(Object.values(imported('a.txt', text).chapters)).toHaveLength(1);
});
