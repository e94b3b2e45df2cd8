/** Word lists in PLS, the W3C's format: what other programs write is read, and what is written is read again. */
import { describe, expect, it } from 'vitest';
import { parsePls, plsText, yamlWordList } from '../../src/manifest/pronunciation/pls.ts';
import type { Pronunciation } from '../../src/manifest/pronunciation/pronunciation.ts';
import { parsePronunciationFile } from '../../src/manifest/pronunciation/pronunciation-file.ts';

const read = (text: string) => parsePls({ file: 'w.pls', text });
const plain = (words: readonly Pronunciation[]) =>
  words.map(({ word, spoken, anyCase, pattern, reviewed }) => ({ word, spoken, anyCase, pattern, reviewed }));

describe('PLS', () => {
  it('reads aliases for each spelling, with or without a prefix, and says which words have phonemes only', () => {
    const { words, diagnostics } = read(
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "aaa">]>
<p:lexicon version="1.0" xmlns:p="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en">
  <p:lexeme><p:grapheme>Ukridge</p:grapheme><p:grapheme>Ukeridge</p:grapheme><p:alias>YOO&amp;kridge</p:alias></p:lexeme>
  <p:lexeme><p:grapheme>Thames</p:grapheme><p:phoneme>temz</p:phoneme></p:lexeme>
</p:lexicon>`,
    );
    expect(words.map(({ word, spoken }) => [word, spoken])).toEqual([
      ['Ukridge', 'YOO&kridge'],
      ['Ukeridge', 'YOO&kridge'],
    ]);
    expect(words[0]?.at.start).toEqual({ line: 3, column: 3 });
    expect(diagnostics).toMatchObject([{ severity: 'warning', start: { line: 4 } }]);
    expect(diagnostics[0]?.message).toContain('1 of 2 words have phonemes only');
  });

  it('refuses what is no lexicon, and words that no text can have', () => {
    expect(read('<html/>').diagnostics).toMatchObject([{ severity: 'error' }]);
    expect(read('Ukridge: YOO').diagnostics).toMatchObject([{ severity: 'error' }]);
    const bad = read('<lexicon><lexeme><grapheme>a[b</grapheme><alias>x</alias></lexeme></lexicon>');
    expect(bad.diagnostics).toMatchObject([{ code: 'bad-word', severity: 'error' }]);
  });

  it('what is written as PLS or YAML is read again, with case, pattern and state', () => {
    const words: Pronunciation[] = [
      { word: 'A & B < "C"', spoken: 'x: & "y"' },
      { word: 'nasa', spoken: 'Nassa', anyCase: true, reviewed: true },
      { word: 'Feather*', spoken: 'Fan*', pattern: true },
      { word: 'Chase', spoken: 'Chase', reviewed: true },
    ];
    const again = read(plsText(words, 'en'));
    expect(again.diagnostics).toEqual([]);
    expect(plain(again.words)).toEqual(plain(words));
    const yaml = parsePronunciationFile({ file: 'w.yaml', text: yamlWordList(words) });
    expect(yaml.diagnostics).toEqual([]);
    expect(plain(yaml.words)).toEqual(plain(words));
  });

  const lexicon = (lexemes: string, end = '</lexicon>') =>
    read(`<!DOCTYPE lexicon [<!ENTITY m "Maara">]>\n<lexicon>\n${lexemes}${end}`);
  const lexeme = (word: string, alias: string) =>
    `<lexeme><grapheme>${word}</grapheme><alias>${alias}</alias></lexeme>`;

  it('loses no word unseen: a damaged file, an entity, and what is too long or has no sound are errors', () => {
    for (const [text, end] of [
      ['<lexeme><grapheme>José</grapheme><alias>Hoz', ''],
      [lexeme('Mara', 'Maara'), `<!-- <lexeme></lexicon>`],
      [lexeme('Mara', 'Maara'), `<![CDATA[ </lexicon>`],
      [lexeme('Mara', '&m;'), undefined],
      [lexeme('Mara', 'la '.repeat(100)), undefined],
      [lexeme('Mara', '…'), undefined],
      [lexeme('Mara', '[pause 9s] Ma'), undefined],
      [lexeme('Mara', 'Ma &lt;break/&gt; ra'), undefined],
      [
        Array.from({ length: 201 }, (_, at) => `<lexeme role="w:pattern">${lexeme(`ab${at}*`, 'x*').slice(8)}`).join(
          '',
        ),
        undefined,
      ],
    ] as const)
      expect(lexicon(text, end).diagnostics, text.slice(0, 60)).toMatchObject([
        { severity: 'error', code: 'bad-word' },
      ]);
  });

  it('takes the preferred alias, all spellings, CDATA, and the first of two for one word, and says so', () => {
    const many = Array.from({ length: 150 }, (_, at) => `<grapheme>w${at}</grapheme>`).join('');
    const { words, diagnostics } = lexicon(
      '<lexeme><grapheme><![CDATA[Mara]]></grapheme><alias>One</alias><alias prefer="true">Two</alias><alias>x</alias></lexeme>' +
        `${lexeme('Ma<b>ra</b>h', 'M')}<lexeme>${many}<alias>v</alias></lexeme>${lexeme('Mara', 'Three')}`,
    );
    expect(words.map(({ word, spoken }) => [word, spoken]).slice(0, 3)).toEqual([
      ['Mara', 'Two'],
      ['Marah', 'M'],
      ['w0', 'v'],
    ]);
    expect(words).toHaveLength(153);
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'unused-word' }]);
    // The book's list and its file may both have a word: what is written must be readable.
    expect(parsePronunciationFile({ file: 'w.yaml', text: yamlWordList(words) }).diagnostics).toEqual([]);
    expect(read(plsText(words, 'en')).diagnostics).toEqual([]);
  });
});
