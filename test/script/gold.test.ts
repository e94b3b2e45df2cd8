/**
 * How well sentences are found, in the eleven languages of the service, against answers made by hand (test/script/gold).
 * In those files a line is a sentence, and a blank line parts paragraphs.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sentenceEnds } from '../../src/script/cut/sentences.ts';

/** The least that is wanted: precision and recall alike. */
const WANTED: Readonly<Record<string, number>> = { en: 0.98, zh: 0.98 };
const LANGUAGES = ['en', 'zh', 'de', 'it', 'pt', 'es', 'ja', 'ko', 'fr', 'ru', 'id'];
const LEAST_SENTENCES: Readonly<Record<string, number>> = { en: 40, zh: 40 };

it.each(LANGUAGES)('finds the sentences of %s', (language) => {
  const score = measure(language);
  const { sentences, found, right, wrong } = score;
  const precision = right / found;
  const recall = right / sentences;
  console.log(`${language}: ${sentences} sentences, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
  const wanted = WANTED[language] ?? 0.95;
  expect(sentences).toBeGreaterThanOrEqual(LEAST_SENTENCES[language] ?? 15);
  expect(precision, wrong.join('\n')).toBeGreaterThanOrEqual(wanted);
  expect(recall, wrong.join('\n')).toBeGreaterThanOrEqual(wanted);
});

/** Counts the ends of sentences that were found and those that are right; a paragraph's own end counts only once. */
function measure(language: string): { sentences: number; found: number; right: number; wrong: string[] } {
  const score = { sentences: 0, found: 0, right: 0, wrong: [] as string[] };
  const between = language === 'zh' || language === 'ja' ? '' : ' ';
  for (const paragraph of readFileSync(`test/script/gold/${language}.txt`, 'utf8').trim().split('\n\n')) {
    const sentences = paragraph.split('\n').map((sentence) => sentence.trim());
    const text = sentences.join(between);
    let at = 0;
    const gold = new Set(
      sentences.map((sentence, index) => {
        at += sentence.length + (index < sentences.length - 1 ? between.length : 0);
        return at;
      }),
    );
    const found = sentenceEnds(text, language);
    score.sentences += gold.size;
    score.found += found.length;
    for (const end of found) {
      if (gold.has(end)) score.right++;
      else score.wrong.push(`too early: …${text.slice(Math.max(0, end - 30), end)}|${text.slice(end, end + 20)}…`);
    }
    for (const end of gold) {
      if (!found.includes(end))
        score.wrong.push(`missed: …${text.slice(Math.max(0, end - 30), end)}|${text.slice(end, end + 20)}…`);
    }
  }
  return score;
}
