/** Letters that are drawn, hidden text, ruby, hyphens; front and back matter without types. */
import { expect, it } from 'vitest';
import { type Imported, imported } from './account.ts';
import { docx, epub } from './epub.ts';

const page = (body: string, files: Record<string, string> = {}, options = {}): string =>
  Object.values(imported('a.epub', epub({ documents: { '1.xhtml': body }, files }), options).chapters).join('|');

it.each([
  ['a picture with a letter', '<p><img class="dropcap" alt="T"/>he house.</p>', 'The house.\n'],
  ['a picture with a letter, without a class', '<p>“<img alt="T"/>he house.”</p>', '“The house.”\n'],
  [
    'elements of one word',
    '<p><span class="dropcap">I</span><span class="smallcaps">T WAS</span> raining.</p>',
    'IT WAS raining.\n',
  ],
  [
    'a block of its own',
    '<div class="dropcap">O</div><p>NCE more.</p><div>O</div><p>nce again.</p>',
    'ONCE more.\n\nOnce again.\n',
  ],
  ['no initial', '<p>A</p><p>The plan.</p>', 'A\n\nThe plan.\n'],
  ['a rare character as a picture', '<p>森<img class="gaiji" alt="鷗"/>外と<img alt="𠮟"/>る</p>', '森鷗外と𠮟る\n'],
  [
    'a word that is divided for its look',
    '<p><span aria-label="Winter"><span aria-hidden="true">W</span>inter</span> came.</p>',
    'Winter came.\n',
  ],
  [
    'hidden for screen readers',
    '<p><span aria-hidden="true">N obody</span><span class="sr-only">Nobody</span> came.</p>',
    'Nobody came.\n',
  ],
  ['pictures beside text', '<p><img alt="Map"/> The <img alt="a small lamp"/> house.</p>', 'The house.\n'],
  ['soft hyphens', '<p>light\u00adhouse</p>', 'lighthouse\n'],
])('reads letters as they are printed: %s', (_name, body, text) => {
  expect(page(body)).toBe(text);
});

it('reads the drop cap of Word, which is a frame of its own, and leaves out its table of contents', () => {
  const paragraph = (text: string, properties = ''): string =>
    `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
  const body =
    `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>${paragraph('One 3')}</w:sdtContent></w:sdt>` +
    `${paragraph('Two 9', '<w:pStyle w:val="TOC1"/>')}${paragraph('O', '<w:framePr w:dropCap="drop"/>')}${paragraph('nce more.')}`;
  const { chapters, leftOut } = imported('a.docx', docx(body));
  expect(Object.values(chapters)).toEqual(['Once more.\n']);
  expect(leftOut).toHaveLength(2);
});

it('reads the characters of ruby, or their reading', () => {
  const body = '<p><ruby>灯<rp>(</rp><rt>とう</rt><rp>)</rp></ruby>台</p>';
  expect(page(body)).toBe('灯台\n');
  expect(page(body, {}, { ruby: 'reading' })).toBe('とう台\n');
});

it('leaves out what a style sheet hides, and nothing else', () => {
  const css =
    '/* .shown { display: none } */ .gone, p#id { display:none } .back { display: none } .back { display: block } .a .b { display: none } @media print { .shown { display: none } }';
  const body =
    '<link rel="stylesheet" href="x.css"/><style>.own { visibility: hidden }</style><p class="gone">gone</p><p id="id">gone</p>' +
    '<p class="shown">One.</p><p class="back b">Two.</p><p><span class="own">gone</span>Three.</p>';
  expect(page(body, { 'OEBPS/x.css': css })).toBe('One.\n\nTwo.\n\nThree.\n');
});

const STORY = '<p>The harbour lay quiet. A gull walked along the wall.</p>';
const MATTER: Record<string, string> = {
  't.xhtml': '<h1>The Test</h1><p>A. Writer</p><p>Nowhere Press</p>',
  'cp.xhtml': '<p>Copyright © 2021 A. Writer</p><p>All rights reserved. ISBN 978-0-00-000000-2</p>',
  'toc.xhtml': '<p>Table of Contents</p><p><a href="1.xhtml">One</a></p>',
  'links.xhtml': '<p><a href="1.xhtml">One</a></p><p><a href="1.xhtml">Two</a></p><p><a href="1.xhtml">Three</a></p>',
  'praise.xhtml': '<h2>Advance Praise</h2><p>A fine book.</p>',
  'zh.xhtml': '<p>版权所有</p><p>某某出版社 书号 978-7</p>',
};
const BACK: Record<string, string> = {
  'also.xhtml': '<h2>Other Books by A. Writer</h2><p>The Sugar Road</p>',
  'ack.xhtml': '<h2>Danksagung</h2><p>Danke.</p>',
  'guide.xhtml': '<h2>Reading Group Guide</h2><p>1. Why?</p>',
  'ex.xhtml': '<h2>An excerpt from The Sugar Road</h2><p>It was sweet.</p>',
  'index.xhtml': '<h2>Index</h2><p>lamp, 12</p>',
};
const book = (options = {}): Imported =>
  imported(
    'a.epub',
    epub({
      documents: { ...MATTER, '1.xhtml': `<h2>One</h2>${STORY}`, '2.xhtml': `<h2>Contact</h2>${STORY}`, ...BACK },
    }),
    options,
  );

it('leaves out front and back matter that nothing marks, and lists each page', () => {
  const { chapters, leftOut } = book();
  expect(Object.keys(chapters)).toEqual(['One', 'Contact']);
  expect(leftOut).toHaveLength(11);
  expect(leftOut.slice(0, 2)).toEqual([
    'Left out: "The Test" (looks like a title page; 26 letters).',
    'Left out: "OEBPS/cp.xhtml" (looks like a copyright page; 54 letters).',
  ]);
});

it('a page is no title page because a word of it has the letters of the title', () => {
  const documents = { '1.xhtml': '<p>The testament!</p><p>“Well?” I said.</p>', '2.xhtml': `<h2>One</h2>${STORY}` };
  const { leftOut } = imported('a.epub', epub({ documents }));
  expect(leftOut).toEqual([]);
});

it('keeps it when asked to', () => {
  const { leftOut, account } = book({ keepMatter: true });
  expect([leftOut, account.letters.leftOut]).toEqual([[], 0]);
});

it.each([
  [
    'a chapter that speaks of rights',
    '<h2>Rights</h2><p>“All rights reserved,” she said, and laughed.</p><p>He did not.</p><p>They left.</p>',
  ],
  ['a page with some links', `<h2>One</h2>${STORY}<p><a href="#x">More</a></p>`],
  ['a short first chapter', `<h2>The Test</h2>${STORY}`],
])('reads %s', (_name, body) => {
  expect(imported('a.epub', epub({ documents: { '1.xhtml': body } })).leftOut).toEqual([]);
});

it('reads ruby of Japanese text files once, and leaves out the notes of transcribers', () => {
  const text =
    '第一章　海《うみ》\n\n｜灯台《とうだい》は静《しず》かだ。［＃改ページ］\n\n［＃挿絵］\n\n第二章\n\n他は《世界》を読む。\n';
  const base = imported('a.txt', text);
  expect(base.chapters).toEqual({
    '第一章 海': '第一章　海\n\n灯台は静かだ。\n',
    第二章: '第二章\n\n他は《世界》を読む。\n',
  });
  expect(base.account.leftOut.map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['ruby reading', 'note of the transcriber']),
  );
  expect(imported('a.txt', text, { ruby: 'reading' }).chapters['第一章 うみ']).toBe(
    '第一章　うみ\n\nとうだいはしずかだ。\n',
  );
});

it('leaves out what a style of its own makes invisible', () => {
  const body =
    '<p>Seen.</p><p style="color:red; visibility: hidden">Not.</p><p style="backface-visibility: hidden">Seen.</p>';
  expect(Object.values(imported('a.epub', epub({ documents: { '1.xhtml': body } })).chapters)).toEqual([
    'Seen.\n\nSeen.\n',
  ]);
});
