import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bookFileStem, bookFolderName, chapterFileStem } from '../../src/plan/names.ts';

describe('names of delivered files', () => {
  it.each([
    ['The Storm', '03 - The Storm'],
    ['Either/Or: a "tale"?', '03 - Either Or a tale'],
    ['灯塔 🗼', '03 - 灯塔 🗼'],
    ['ends with dots...', '03 - ends with dots'],
    ['..', '03 - chapter'],
    ['\u001b[31mred\u0007', '03 - [31mred'],
    ['a\nb\u2028c', '03 - a b c'],
    ['\u202Egnp.exe', '03 - gnp.exe'],
  ])('%j becomes %j', (title, stem) => expect(chapterFileStem(3, 12, title)).toBe(stem));

  it('sorts: numbers are as wide as the last one', () => {
    expect(chapterFileStem(7, 120, 'x')).toBe('007 - x');
    expect(chapterFileStem(7, 9, 'x')).toBe('07 - x');
  });

  it('keeps names that Windows reserves apart from devices', () => {
    expect(bookFolderName('CON')).toBe('_CON');
    expect(bookFolderName('lpt1.txt')).toBe('_lpt1.txt');
  });

  it('stays far below 255 bytes and never cuts a character in two', () => {
    const name = bookFolderName('灯'.repeat(300));
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120);
    expect(name).toMatch(/^灯+$/);
    expect(bookFolderName('🗼'.repeat(300))).toMatch(/^(🗼)+$/u);
  });

  it('gives a precomposed and a decomposed title one name', () => {
    expect(bookFolderName('Caf\u0065\u0301')).toBe(bookFolderName('Café'));
  });

  it('are one valid name on Windows, whatever the title is', () => {
    const parts = ['CON', 'nul', 'com1', '.', ' ', '/', '\\', ':', '*', '\u0000', '灯', 'é', '🗼', '..', '~', '$', '¹'];
    const title = fc
      .array(fc.oneof(fc.constantFrom(...parts), fc.string()), { maxLength: 8 })
      .map((one) => one.join(''));
    fc.assert(
      fc.property(title, (text) => {
        for (const name of [bookFolderName(text), chapterFileStem(1, 9, text), bookFileStem(text)]) {
          expect(win32.basename(win32.join('C:\\out', name))).toBe(name);
          expect(posix.basename(posix.join('/out', name))).toBe(name);
          expect(name).not.toMatch(/[<>:"|?*\\/]|[. ]$|^[. ]|^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/i);
          expect(name.normalize('NFC')).toBe(name);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps two chapters apart where upper and lower case are the same', () => {
    const stems = [chapterFileStem(1, 9, 'The Storm'), chapterFileStem(2, 9, 'THE STORM')];
    expect(new Set(stems.map((stem) => stem.toLowerCase())).size).toBe(2);
  });
});
