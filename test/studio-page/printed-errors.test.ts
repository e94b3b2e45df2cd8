/** Errors that the program printed, apart again on the page. */
import { expect, it } from 'vitest';
import { errorsInChinese } from '../../src/manifest/diagnostics/chinese/in-chinese.ts';
import { printedErrors } from '../../src/studio/page/text/printed-errors.ts';
import { printed } from '../manifest/read.ts';

const TEXT = printed('book: {title: "a error: b", langage: zh}\ncharacters: {narrator: {voice: v}}\nchapters: []\n');

it('are those that were printed, in each language', () => {
  const errors = printedErrors(TEXT)!;
  expect(errors[0]).toEqual({
    place: 'book.yaml:1:29',
    isWarning: false,
    message: 'There is no field "langage" in "book".',
    excerpt: { before: 'book: {title: "a error: b", ', marked: 'langage', after: ': zh}' },
    fix: expect.stringContaining('Did you mean "language"?'),
  });
  const chinese = printedErrors(errorsInChinese(TEXT))!;
  expect(chinese.map(({ place, excerpt }) => [place, excerpt])).toEqual(
    errors.map(({ place, excerpt }) => [place, excerpt]),
  );
  expect(chinese[0]!.message).toBe('“book”中没有“langage”字段。');
});

it('of another form are left as they are', () => {
  expect(printedErrors('Something else went wrong.')).toBeUndefined();
  expect(printedErrors('')).toBeUndefined();
  expect(printedErrors('a.yaml:1:1 error: One.\nAnd a line of no known form.')).toBeUndefined();
  expect(printedErrors('b.zip warning: One.\n   fix: Two.\n\n1 warning')).toEqual([
    { place: 'b.zip', isWarning: true, message: 'One.', fix: 'Two.' },
  ]);
});
