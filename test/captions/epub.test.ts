import { parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { chapterDocuments, type ReadTake } from '../../src/captions/epub-chapter.ts';
import { packageFiles } from '../../src/captions/epub-package.ts';
import { SLOW_SENTENCE } from './slow-sentence.ts';

const take = (text: string, more: Partial<ReadTake> = {}): ReadTake => ({
  ...{
    character: 'narrator',
    text,
    line: 0,
    startSeconds: 1,
    durationSeconds: 4,
    pauses: [],
    file: 0,
    sceneAfter: false,
  },
  ...more,
});
const documents = (takes: ReadTake[], more = {}) =>
  chapterDocuments(
    { title: 'The Storm', takes, sounds: [{ name: 'a.mp3', durationSeconds: 30 }], ...more },
    { name: 'c0001', language: 'en' },
  );
const clips = (smil: string) =>
  [...smil.matchAll(/#(s\d+)"\/><audio src="..\/audio\/([^"]+)" clipBegin="([\d.]+)s" clipEnd="([\d.]+)s"/g)].map(
    ([, id, sound, from, to]) => [id, sound, Number(from), Number(to)],
  );

describe('chapterDocuments', () => {
  it('has the head of a chapter, which is line 0, as its heading', () => {
    const { xhtml } = documents([take('Chapter Two. The Storm', { line: -1 }), take('Fog.', { startSeconds: 9 })]);
    expect(xhtml).toContain('<h1><span id="s1">Chapter Two.</span> <span id="s2">The Storm</span></h1>\n<p>');
  });

  it('gives each sentence an id and its time, and leaves no gap between clips', () => {
    const { xhtml, smil, durationSeconds } = documents([
      take('The Storm', { durationSeconds: 1 }),
      take('It was dark. Nobody came.', { line: 1, startSeconds: 3, pauses: [[1.9, 2.1]] }),
      take('“Who?”', { line: 2, startSeconds: 9, sceneAfter: true }),
      take('Later.', { line: 3, startSeconds: 14 }),
    ]);
    expect(xhtml).toContain('<h1><span id="s1">The Storm</span></h1>');
    expect(xhtml).toContain('<p><span id="s2">It was dark.</span> <span id="s3">Nobody came.</span></p>');
    expect(xhtml).toContain('<p><span id="s4">“Who?”</span></p>\n<hr/>\n<p>');
    expect(clips(smil)).toEqual([
      ['s1', 'a.mp3', 0, 3],
      ['s2', 'a.mp3', 3, 5.1],
      ['s3', 'a.mp3', 5.1, 9],
      ['s4', 'a.mp3', 9, 14],
      ['s5', 'a.mp3', 14, 30],
    ]);
    expect(durationSeconds).toBe(30);
  });

  it('says where the times of its sentences come from, if the service told any', () => {
    const heard = [
      { text: 'Fog', startSeconds: 0.2, endSeconds: 0.5 },
      { text: 'Rain', startSeconds: 2, endSeconds: 2.5 },
    ];
    const told = documents([take('Fog. Rain.', { heard }), take('Snow.', { line: 1, startSeconds: 9 })]);
    const comment = '<!-- The times of 2 of 3 sentences come from the speech service; the others are estimated. -->\n';
    expect(told.smil).toContain(comment);
    expect(told.earlierSmils()).toContain(told.smil.replace(comment, ''));
    const estimated = documents([take('Fog. Rain.')]);
    expect(new Set(estimated.earlierSmils())).toEqual(new Set([estimated.smil]));
  });

  it('knows the overlay that an earlier version wrote, which took the pause nearest to an estimate', () => {
    const { text, ...more } = SLOW_SENTENCE;
    const { smil, earlierSmils } = documents([take(text, more)]);
    const starts = (of: string) => clips(of).map(([, , from]) => from);
    expect(starts(smil)).toEqual([0, 6, 9.4]);
    expect(earlierSmils().map(starts)).toContainEqual([0, 4.273, 9.4]);
  });

  it('goes on in the next sound file of a chapter in parts, in the same paragraph', () => {
    const sounds = [
      { name: 'a.mp3', durationSeconds: 10 },
      { name: 'b.mp3', durationSeconds: 20 },
    ];
    const { xhtml, smil } = documents([take('One.'), take('Two.', { file: 1 })], { sounds });
    expect(xhtml).toContain('<h1>The Storm</h1>\n<p><span id="s1">One.</span> <span id="s2">Two.</span></p>');
    expect(clips(smil)).toEqual([
      ['s1', 'a.mp3', 0, 10],
      ['s2', 'b.mp3', 0, 20],
    ]);
  });

  it('escapes what comes from outside, and drops what XML can not hold', () => {
    const { xhtml } = documents([take('<script>alert("&")</script> \u0001\ud800 Ende.')], { title: '<b>' });
    expect(xhtml).not.toMatch(/<script|<b>|[\u0001\ud800]/);
    expect(JSON.stringify(parse(xhtml), (key, value) => (key === 'parentNode' ? 0 : value))).toContain(
      'alert(\\"&\\")',
    );
  });
});

it('adds up the durations, and says that the voice is synthetic', () => {
  const chapter = (name: string, durationSeconds: number) => ({
    name,
    title: name,
    durationSeconds,
    sounds: [`${name}.m4a`],
  });
  const [, opf, nav] = packageFiles({
    ...{ title: 'A & B', author: '', language: 'en', identifier: 'urn:uuid:1', modifiedAt: '2026-01-02T03:04:05.678Z' },
    ...{ simulated: true, chapters: [chapter('c1', 3599.9996), chapter('c2', 61.5)] },
  });
  expect(opf!.text).toContain('<dc:title>A &amp; B</dc:title>');
  expect(opf!.text).toContain('<meta property="media:duration">1:01:01.500</meta>');
  expect(opf!.text).toContain('<meta property="media:duration" refines="#c1-overlay">1:00:00.000</meta>');
  expect(opf!.text).toContain('<meta property="dcterms:modified">2026-01-02T03:04:05Z</meta>');
  expect(opf!.text).toContain('<meta property="media:narrator">Synthetic voice</meta>');
  expect(opf!.text).toContain('SIMULATED');
  expect(opf!.text).not.toContain('dc:creator');
  expect(nav!.text).toContain('<a href="text/c2.xhtml">c2</a>');
});
