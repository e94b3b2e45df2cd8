/** What a manifest says about disclosure: marks of one country, the spoken sentence, and how long a consent holds. */
import { describe, expect, it } from 'vitest';
import { consentDiagnostics, consentEndDiagnostics } from '../../src/book/consent.ts';
import type { Book } from '../../src/book/load-book.ts';
import { spokenDisclosure, spokenDisclosureText } from '../../src/book/warnings/spoken-disclosure.ts';
import { manifestText } from '../../src/import/write/manifest-text.ts';
import { clonedVoicesSentence } from '../../src/manifest/fields/disclosure-words.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { MODELS } from '../../src/models.ts';
import { tradeNarrator } from '../../src/plan/trade-words.ts';
import { codes, manifestWith, printed, read } from './read.ts';

describe('disclosure', () => {
  it('is a country, or a group with who makes and who distributes', () => {
    expect(read(manifestWith({ rest: 'disclosure: cn' })).manifest?.disclosure).toEqual({ for: 'cn' });
    const group = 'disclosure: {for: cn, producer: 某公司}';
    expect(read(manifestWith({ rest: group })).manifest?.disclosure).toEqual({ for: 'cn', producer: '某公司' });
    expect(read(manifestWith({})).manifest).not.toHaveProperty('disclosure');
    const wrong = manifestWith({ rest: 'disclosure: [cn]' });
    expect(codes(wrong)).toEqual(['wrong-type']);
    expect(printed(wrong)).toContain('"disclosure" must be cn, or a group');
  });
});

describe('the sentence in the opening credits', () => {
  it('follows the usual words, or stands alone, in the language of the book', () => {
    const opening = (rest: string, book = '{title: T}') =>
      read(manifestWith({ book, rest })).manifest?.credits?.opening?.text;
    expect(opening('credits: {opening: true, disclosure: true}')).toBe(
      `T.\n\nNarrated by a synthetic voice.\n\n${clonedVoicesSentence('en')}`,
    );
    expect(opening('credits: {disclosure: true}', '{title: T, language: de}')).toBe(clonedVoicesSentence('de'));
    expect(opening('credits: {opening: Hello., disclosure: We cloned them.}')).toBe('Hello.\n\nWe cloned them.');
    expect(opening('credits: {opening: true}')).toBe('T.\n\nNarrated by a synthetic voice.');
    const languages = new Set(Object.values(MODELS).flatMap((model) => Object.keys(model.languages)));
    expect(new Set([...languages].map(clonedVoicesSentence)).size).toBe(languages.size);
  });

  it('is told where it is missing, and left out only for a reason', () => {
    const of = (rest: string) => spokenDisclosure(read(manifestWith({ rest })).manifest!);
    expect(of('')).toEqual({ state: 'missing' });
    expect(of('credits: {opening: true}')).toEqual({ state: 'missing' });
    expect(spokenDisclosureText(of(''))).toContain('disclosure: true');
    expect(of('credits: {disclosure: true}')).toEqual({ state: 'said' });
    expect(of('credits: {disclosure: {omit: a test}}')).toEqual({ state: 'omitted', reason: 'a test' });
    const without = manifestWith({ rest: 'credits: {disclosure: false}' });
    expect(codes(without)).toEqual(['wrong-type']);
    expect(printed(without)).toContain('say why');
  });

  it('stands in new manifests, or the reason does', () => {
    const parts = {
      ...{ title: 'T', language: 'en', model: 'qwen-tts-vc-realtime-2025-08-20', schema: 's.json' },
      characters: [{ name: 'narrator', sample: 'a.wav' }],
      chapters: [{ title: 'One', file: '1.txt' }],
    };
    const state = (omitDisclosure?: string) => {
      const bytes = Buffer.from(manifestText({ ...parts, omitDisclosure }));
      const { manifest, diagnostics } = parseManifest({ file: 'b.yaml', bytes });
      expect(diagnostics).toEqual([]);
      return spokenDisclosure(manifest!);
    };
    expect(state()).toEqual({ state: 'said' });
    expect(state('it is "read": on stage')).toEqual({ state: 'omitted', reason: 'it is "read": on stage' });
  });
});

describe('a consent', () => {
  const book = (consent: string): Book => {
    const text = manifestWith({ characters: `{narrator: {sample: a.wav, consent: ${consent}}}` });
    const { manifest } = read(text);
    return { manifest, manifestPath: 'b.yaml', samples: new Map([['narrator', {}]]) } as never;
  };
  const needed = [{ characters: ['narrator'] }];

  it('that has ended clones no voice any more', () => {
    const over = book('{by: Jo, on: 2025-01-01, until: 2025-12-31}');
    expect(consentEndDiagnostics(over, { needed, today: new Date('2025-12-31T12:00:00Z') })).toEqual([]);
    expect(consentEndDiagnostics(over, { needed: [], today: new Date('2026-01-01') })).toEqual([]);
    expect(consentEndDiagnostics(over, { needed, today: new Date('2026-01-01T00:00:00Z') })).toMatchObject([
      { code: 'consent-over', severity: 'error', message: expect.stringContaining('ended on 2025-12-31') },
    ]);
    const turned = book('{by: Jo, on: 2025-01-01, until: 2024-12-31}');
    expect(consentDiagnostics(turned, { required: false, today: new Date('2026-01-01') })).toMatchObject([
      { code: 'consent-days' },
    ]);
  });

  it('without a name is refused, and only one with a scope names the person as the narrator', () => {
    const nameless = manifestWith({
      characters: '{narrator: {sample: a.wav, consent: {on: 2025-01-01, scope: books}}}',
    });
    expect(codes(nameless)).toEqual(['missing-field']);
    expect(tradeNarrator(book('{by: Jo, on: 2025-01-01}').manifest)).toBe('AI Voice');
    expect(tradeNarrator(book('{by: Jo Doe, on: 2025-01-01, scope: this book}').manifest)).toBe(
      'Jo Doe (Authorized Voice Replica)',
    );
  });
});
