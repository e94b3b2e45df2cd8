/** Notes: marks out of the sentence, notes left out or read at the end of their paragraph; what is no note stays. */
import { expect, it } from 'vitest';
import { type Imported, imported } from './account.ts';
import { docx, epub } from './epub.ts';

const pages = (documents: Record<string, string>, notes?: 'leave' | 'end'): Imported =>
  imported('a.epub', epub({ documents }), notes && { notes });
const textOf = ({ chapters }: Imported): string => Object.values(chapters).join('|');

const KINDS: Record<string, Record<string, string>> = {
  'EPUB 2, class and link': {
    'a.xhtml':
      '<h2>One</h2><p>He slept badly<a href="#f1" id="r1">1</a> that night.</p><p>He rose.</p>' +
      '<div class="footnotes"><p class="footnote" id="f1"><a href="#r1">1</a> See page 40.</p></div>',
  },
  'link alone, on another page': {
    'a.xhtml':
      '<h2>One</h2><p>He slept badly<a class="calibre5" href="b.xhtml#n1"><span>1</span></a> that night.</p><p>He rose.</p>',
    'b.xhtml': '<h2>Notes</h2><p id="n1">1. See page 40.</p>',
  },
  'pandoc’s': {
    'a.xhtml':
      '<h2>One</h2><p>He slept badly<a href="#fn1" class="footnote-ref" id="fnref1">1</a> that night.</p><p>He rose.</p>' +
      '<div class="footnotes footnotes-end-of-document"><hr/><ol><li id="fn1"><p>See page 40.<a href="#fnref1" class="footnote-back">↩︎</a></p></li></ol></div>',
  },
  'EPUB 3, by type': {
    'a.xhtml':
      '<h2>One</h2><p>He slept badly<a epub:type="noteref" href="#n1">1</a> that night.</p><aside epub:type="footnote" id="n1"><p>See page 40.</p></aside><p>He rose.</p>',
  },
  'raised links and a list': {
    'a.xhtml':
      '<h2>One</h2><p>He slept badly<sup id="r"><a href="#x">[1]</a></sup> that night.</p><p>He rose.</p><h3>Notes</h3><ol><li id="x">See page 40. <a href="#r">back</a></li></ol>',
  },
};

it.each(Object.entries(KINDS))(
  'leaves notes out, or reads them at the end of the paragraph: %s',
  (_name, documents) => {
    expect(textOf(pages(documents))).toBe('One\n\nHe slept badly that night.\n\nHe rose.\n');
    expect(textOf(pages(documents, 'end'))).toBe('One\n\nHe slept badly that night.\n\nSee page 40.\n\nHe rose.\n');
  },
);

it.each([
  ['10<sup>6</sup> men', '10⁶ men'],
  ['x<sup>2</sup> and 5 km<sup>2</sup>', 'x² and 5 km²'],
  ['H<sub>2</sub>O', 'H₂O'],
  ['the 19<sup>th</sup> of May, M<sup>lle</sup> Anna', 'the 19th of May, Mlle Anna'],
  ['see <a href="#c">3</a> of them', 'see 3 of them'],
  ['<a href="#c">1</a> <a href="#c">2</a>', '1 2'],
])('keeps what is no note mark: %s', (markup, text) => {
  expect(textOf(pages({ 'a.xhtml': `<p>${markup}.</p><p id="c">All of them were there.</p>` }))).toContain(`${text}.`);
});

it('what a class or a style sheet raises and lowers is read as `sup` and `sub` are', () => {
  const css =
    '.c9 { font-size: 70%; vertical-align: super } span.c8 { vertical-align: sub } .p .c9 { vertical-align: baseline }';
  const read = (markup: string) =>
    textOf(pages({ 'a.xhtml': `<style>${css}</style><h2>One</h2><p>${markup}</p><p>It is the next paragraph.</p>` }));
  for (const [markup, text] of [
    ['10<span class="superscript">6</span> men', '10⁶ men'],
    ['10<span style="font-size: 50%; vertical-align: super">6</span> men', '10⁶ men'],
    ['10<span class="c9">−6</span> m and H<span class="c8">2</span>O', '10⁻⁶ m and H₂O'],
    ['He slept badly<span class="c9">1</span> that night', 'He slept badly that night'],
    ['The day.<span class="calibre-superscript">12</span> He rose', 'The day. He rose'],
    [
      '1<span class="c9">st</span>, <span class="p">1<span class="c9">2</span></span>, 4<span class="sup-title">2</span>',
      '1st, 12, 42',
    ],
  ] as const)
    expect(read(markup)).toBe(`One\n\n${text}\n\nIt is the next paragraph.\n`);
});

it.each([
  ['End of the day.<sup>4</sup>', 'End of the day.'],
  ['The doctors<sup>12</sup> disagreed', 'The doctors disagreed'],
  ['“No.”<sup>*</sup> He left', '“No.” He left'],
  ['天气很好<sup>3</sup>。', '天气很好。'],
])('drops a raised mark without a link: %s', (markup, text) => {
  expect(textOf(pages({ 'a.xhtml': `<p>${markup}</p>` }))).toBe(`${text}\n`);
});

it('reads the foot and end notes of a Word document, or leaves them out one by one', () => {
  const run = (text: string): string => `<w:r><w:t>${text}</w:t></w:r>`;
  const mark = (kind: string, id: number): string => `<w:r><w:${kind}Reference w:id="${id}"/></w:r>`;
  const note = (kind: string, id: number, text: string): string =>
    `<w:${kind} w:id="${id}"><w:p><w:r><w:${kind}Ref/></w:r>${run(text)}</w:p></w:${kind}>`;
  const bytes = docx(
    `<w:p>${run('He slept')}${mark('footnote', 1)}${run(' badly.')}${mark('endnote', 1)}</w:p><w:p>${run('He rose.')}</w:p>`,
    {
      'word/_rels/document.xml.rels':
        '<Relationships><Relationship Type="x/footnotes" Target="footnotes.xml"/><Relationship Type="x/endnotes" Target="endnotes.xml"/></Relationships>',
      'word/footnotes.xml': `<w:footnotes>${note('footnote', 0, '')}${note('footnote', 1, 'At the foot.')}${note('footnote', 2, 'Nowhere.')}</w:footnotes>`,
      'word/endnotes.xml': `<w:endnotes>${note('endnote', 1, 'At the end.')}</w:endnotes>`,
    },
  );
  const left = imported('a.docx', bytes);
  expect(textOf(left)).toBe('He slept badly.\n\nHe rose.\n');
  expect(left.leftOut).toContain('Left out: 3 notes, 24 letters (first in word/footnotes.xml: "At the foot.").');
  const read = imported('a.docx', bytes, { notes: 'end' });
  expect(textOf(read)).toBe('He slept badly.\n\nAt the foot.\n\nAt the end.\n\nHe rose.\n');
  expect(read.leftOut).toContain('Left out: 1 note, 7 letters (word/footnotes.xml: "Nowhere.").');
});
