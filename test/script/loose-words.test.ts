/** Entries in any case, patterns, and reviewed words. */
import { describe, expect, it } from 'vitest';
import type { Pronunciation } from '../../src/manifest/pronunciation/pronunciation.ts';
import { pronouncer } from '../../src/script/pronounce/pronouncer.ts';

const speak = (entries: Pronunciation[], text: string): string => pronouncer(entries).speak(text);

describe('an entry', () => {
  it('is matched in any case only where it says so', () => {
    const entries: Pronunciation[] = [
      { word: 'Beale', spoken: 'Beel' },
      { word: 'nasa', spoken: 'Nassa', anyCase: true },
    ];
    expect(speak(entries, 'BEALE, Beale, NASA, Nasa, nasal')).toBe('BEALE, Beel, Nassa, Nassa, nasal');
    expect(speak([{ word: 'straße', spoken: 'X', anyCase: true }], 'İSTRAßE STRAßE')).toBe('İSTRAßE X');
  });

  it('is a pattern of whole words only where it says so', () => {
    const family: Pronunciation = { word: 'Featherstone*', spoken: 'Fan*', pattern: true };
    expect(speak([family], 'Featherstonehaugh’s, Featherstone, aFeatherstone')).toBe('Fanhaugh’s, Fan, aFeatherstone');
    expect(speak([{ word: 'U*', spoken: 'you' }], 'U* Ukridge')).toBe('you Ukridge');
    expect(speak([{ word: '*shire', spoken: '*sher', pattern: true }], 'Devonshire shire shires')).toBe(
      'Devonsher sher shires',
    );
    // Twenty letters at most.
    expect(speak([{ word: 'ab*', spoken: 'X', pattern: true }], `ab${'c'.repeat(20)} ab${'c'.repeat(21)}`)).toBe(
      `X ab${'c'.repeat(21)}`,
    );
  });

  it('takes time in proportion to the text, with as many patterns as a list may have', () => {
    const entries = Array.from(
      { length: 200 },
      (_, at): Pronunciation => ({ word: `*a${at}`, spoken: 'x', pattern: true }),
    );
    const begun = performance.now();
    speak(entries, 'aaaa '.repeat(4_000));
    speak(entries, 'a'.repeat(20_000));
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
