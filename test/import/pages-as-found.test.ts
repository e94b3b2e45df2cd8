/** Pages of EPUBs and of the web as other programs and people make them, and what a person would read there. */
import { unzipSync, zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { imported } from './account.ts';
import { epub } from './epub.ts';

const TEXT = 'The harbour lay quiet under the morning fog and nobody was about.';

/** What a page between two paragraphs says, each paragraph on a line. */
function read(body: string, css = ''): string {
  const page = `<html lang="en"><head><title>T</title><style>${css}</style></head><body><h1>One</h1><p>${TEXT}</p>${body}<p>${TEXT}</p></body></html>`;
  const { chapters } = imported('a.html', page);
  return chapters['One']!.split('\n\n').slice(2, -1).join('|').trim();
}

it.each([
  ['spans that are lines', '<p><b class="l">One line</b><i class="l">Two line</i></p>', 'One line\nTwo line'],
  ['a drawn letter set apart', '<p><b class="l">T</b>he rain.</p>', 'The rain.'],
  ['a rule that its element overrides', '<p class="h" style="display:block">Seen.</p>', 'Seen.'],
  ['a rule that hides', '<p>A <b class="h">B</b></p>', 'A'],
  ['an initial as a picture in its own paragraph', '<p><img alt="I" src="i"/></p><p>t was late.</p>', 'It was late.'],
  ['an initial that is a word', '<p><img alt="A" src="a"/> man came.</p>', 'A man came.'],
  ['an initial that is no image', '<p><span role="img" aria-label="C"></span>ould be.</p>', 'Could be.'],
  ['a picture before a paragraph', '<p><img alt="A" src="a"/></p><p>The rain.</p>', 'The rain.'],
  [
    'raised digits that are characters',
    '<p>He left.¹ Then she² ran 5 m² and 10⁶.</p>',
    'He left. Then she ran 5 m² and 10⁶.',
  ],
  ['a fraction', '<p>about¹/₂ and x²y</p>', 'about¹/₂ and x²y'],
  ['marks with a comma between', '<p>word<sup>1</sup><sup>,</sup><sup>2</sup> on</p>', 'word on'],
  ['an asterisk that leads nowhere', '<p>word<a href="#gone">*</a> on</p>', 'word on'],
  ['a raised letter behind a sentence', '<p>He left.<sup>a</sup> On.</p>', 'He left. On.'],
  ['raised ends of words', '<p>M<sup>me</sup> X, Sr.<sup>a</sup> Y, n<sup>o</sup> 5</p>', 'Mme X, Sr.a Y, no 5'],
  ['a mark behind a space', '<p>He went <sup><a href="#n">[1]</a></sup>. On !</p>', 'He went. On !'],
  ['a tracked change', '<p>He <del>ran</del> <ins>walked</ins> on.</p>', 'He walked on.'],
  ['words that are struck out to be read', '<p>He <del>ran</del> on.</p>', 'He ran on.'],
  ['links to edit a wiki', '<p>On.<span class="mw-editsection">[edit]</span></p>', 'On.'],
])('reads %s', (_what, body, expected) => {
  expect(read(body, '.l { display: block } .h { display: none }')).toBe(expected);
});

it('parts a number from a title that styles part, and takes the description of a drawn heading for its title', () => {
  const body = ['<span>1</span><span>The Lamp</span>', '<img src="h" alt="The Storm"/>', '3D Films']
    .map((title) => `<h1>${title}</h1><p>${TEXT}</p>`)
    .join('');
  const { chapters } = imported('a.html', `<html><body>${body}<h1><img src="h" alt="Ornament"/></h1></body></html>`);
  expect(Object.keys(chapters)).toEqual(['1 The Lamp', 'The Storm', '3D Films']);
});

it('leaves out what Project Gutenberg puts around a page, and knows its title', () => {
  const page = `<html lang="en"><head><title>The Project Gutenberg eBook of The Sea, by A. Writer</title></head><body><div><h2>The Project Gutenberg eBook</h2><p>Free.</p><p>*** START OF THE PROJECT GUTENBERG EBOOK THE SEA ***</p></div><h2>I</h2><p>${TEXT}</p><h2>II</h2><p>${TEXT}</p><div>*** END OF THE PROJECT GUTENBERG EBOOK THE SEA ***</div><p>License.</p></body></html>`;
  const { book, chapters, leftOut } = imported('a.html', page);
  expect(book).toMatchObject({ title: 'The Sea', author: 'A. Writer' });
  expect(Object.keys(chapters)).toEqual(['I', 'II']);
  expect(chapters['II']).toBe(`II\n\n${TEXT}\n`);
  expect(leftOut.join()).toMatch(/header.* of Project Gutenberg.*license.* of Project Gutenberg/s);
});

it('takes a piece of a page for one whose elements end far behind, or that begins with a script', () => {
  const far = `<div><style>${'p { margin: 0 }\n'.repeat(400)}</style><p>${TEXT}</p></div>`;
  const script = `<script>var a = "${'x'.repeat(5000)}";</script>\n<html><body><p>${TEXT}</p></body></html>`;
  for (const page of [far, script]) expect(Object.values(imported('a.html', page).chapters)).toEqual([`${TEXT}\n`]);
});

it('reads a page whose elements have a prefix, a name that is written as in a link, and folders with backslashes', () => {
  const page = `<ns0:html xmlns:ns0="http://www.w3.org/1999/xhtml"><ns0:head><ns0:title>t</ns0:title></ns0:head><ns0:body><ns0:h1>Two</ns0:h1><ns0:p>${TEXT}</ns0:p></ns0:body></ns0:html>`;
  const bytes = epub({ documents: { 'a b.xhtml': `<h1>One</h1><p>${TEXT}</p>`, 'b.xhtml': '' }, files: {} });
  const files = unzipSync(bytes);
  files['OEBPS/a%20b.xhtml'] = files['OEBPS/a b.xhtml']!;
  delete files['OEBPS/a b.xhtml'];
  files['OEBPS/b.xhtml'] = new TextEncoder().encode(page);
  files['META-INF/container.xml'] = new TextEncoder().encode(
    '<container><rootfiles><rootfile full-path="OEBPS\\content.opf"/></rootfiles></container>',
  );
  expect(imported('a.epub', zipSync(files)).chapters).toEqual({ One: `One\n\n${TEXT}\n`, Two: `Two\n\n${TEXT}\n` });
});

it('takes paragraphs that say "CHAPTER ONE" for chapters where the contents have one entry', () => {
  const documents = Object.fromEntries(
    ['ONE', 'TWO', 'THREE'].map((n) => [`${n}.xhtml`, `<p><b>CHAPTER ${n}</b></p><p>${TEXT}</p>`]),
  );
  const bytes = epub({ documents, contents: '<li><a href="ONE.xhtml">Start</a></li>' });
  expect(Object.keys(imported('a.epub', bytes).chapters)).toEqual(['CHAPTER ONE', 'CHAPTER TWO', 'CHAPTER THREE']);
});

it('leaves out a dedication without a title, and names a motto by its words', () => {
  const documents = {
    'd.xhtml': '<p>For Mum, who never said no</p>',
    'm.xhtml': '<p>“The test of it is everything.”</p><p>Jules Verne</p>',
    'a.xhtml': `<h1>Chapter 1</h1><p>${TEXT}</p>`,
    'b.xhtml': `<h1>Chapter 2</h1><p>${TEXT}</p>`,
    'c.xhtml': '<p>To the sea it was nothing.</p>',
  };
  const { chapters, leftOut } = imported('a.epub', epub({ documents }));
  expect(Object.keys(chapters)).toEqual(['“The test of it is everything.”', 'Chapter 1', 'Chapter 2', 'Chapter 4']);
  expect(leftOut).toEqual(['Left out: "OEBPS/d.xhtml" (looks like a dedication; 20 letters).']);
});
