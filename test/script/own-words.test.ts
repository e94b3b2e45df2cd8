import { expect, it } from 'vitest';
import { attributeBook } from '../../src/script/speakers/attributed.ts';
import { ownWords } from '../../src/script/speakers/own-words.ts';

it('knows a person by words that nobody else uses, once enough words are known', () => {
  const tom = Array.from({ length: 20 }, () => '“Aye, skipper, the anchor holds and the wind be fair,” said Tom.');
  const helen = Array.from(
    { length: 20 },
    () => '“My dear, how very tiresome of the weather to be so wet,” said Helen.',
  );
  const mary = ['“Aye, skipper,” said Mary.'];
  const asked = ['“Aye, the anchor!”', '“How tiresome, my dear.”'];
  const book = attributeBook([[...tom, ...helen, ...mary, ...asked].map((text) => ({ text }))], { language: 'en' });
  const words = ownWords(book.chapters, book.people);
  const person = (name: string) => book.people.byName(name)!;
  const [first, second] = book.chapters[0]!.turns.slice(-2);
  expect(words(first!, person('Tom'))).toBeGreaterThan(0.1);
  expect(words(first!, person('Helen'))).toBeLessThan(-0.1);
  expect(words(second!, person('Helen'))).toBeGreaterThan(0.1);
  expect(words(first!, person('Mary'))).toBe(0);
});
