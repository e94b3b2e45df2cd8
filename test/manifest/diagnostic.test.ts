import { expect, it } from 'vitest';
import { type Diagnostic, formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';

/** Prints an error that marks the word `HERE` in a line. */
function pointTo(line: string, color = false): string {
  const column = line.indexOf('HERE') + 1;
  const place = { start: { line: 1, column }, end: { line: 1, column: column + 4 } };
  const diagnostic: Diagnostic = { code: 'x', severity: 'error', file: 'a.txt', message: 'M.', ...place };
  return formatDiagnostics({ diagnostics: [diagnostic], sources: new Map([['a.txt', line]]), color });
}

it('puts the caret below tabs and wide characters', () => {
  expect(pointTo('\t灯塔 👩‍🚀 e\u0301 HERE x')).toMatchInlineSnapshot(`
    "a.txt:1:14 error: M.
        1 |     灯塔 👩‍🚀 é HERE x
          |               ^^^^

    1 error"
  `);
});

it('shows a window of a very long line', () => {
  const printed = pointTo(`${'word '.repeat(200_000)}HERE ${'more '.repeat(200_000)}`);
  expect(printed).toMatchInlineSnapshot(`
    "a.txt:1:1000001 error: M.
        1 | …word word word word word word word word HERE more more more more more more more more more more more…
          |                                          ^^^^

    1 error"
  `);
});

it('fits a narrow terminal, and cuts a line between words', () => {
  const line = `${'word '.repeat(30)}HERE ${'longer '.repeat(30)}`;
  const place = { start: { line: 1, column: 151 }, end: { line: 1, column: 155 } };
  const diagnostic: Diagnostic = { code: 'x', severity: 'error', file: 'a.txt', message: 'M.', ...place };
  const sources = new Map([['a.txt', line]]);
  const printed = formatDiagnostics({ diagnostics: [diagnostic], sources, color: false, columns: 60 });
  expect(printed).toMatchInlineSnapshot(`
    "a.txt:1:151 error: M.
        1 | …word word word word HERE longer longer longer…
          |                      ^^^^

    1 error"
  `);
  for (let columns = 30; columns < 120; columns++) {
    const lines = formatDiagnostics({ diagnostics: [diagnostic], sources, color: false, columns }).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(lines[1]).toMatch(/ \| …(word )*HERE( longer)*…$/);
    expect(lines[2]!.indexOf('^')).toBe(lines[1]!.indexOf('HERE'));
  }
});

it('prints no control character of the author', () => {
  const evil = '\u001b[31m\u009b2J\u202e\u200b\r\u0007\ud800HERE';
  const diagnostic: Diagnostic = { code: 'x', severity: 'error', file: `${evil}.txt`, message: evil, fix: evil };
  const printed = pointTo(evil) + formatDiagnostics({ diagnostics: [diagnostic], sources: new Map(), color: false });
  expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202e\u200b]/u);
  expect(printed).toContain('␛[31m');
});

it('sorts by file and place, marks a range over several lines to its line end, and counts', () => {
  const at = (file: string, line: number, severity: 'error' | 'warning'): Diagnostic => ({
    ...{ code: 'x', file, severity, message: `${file} ${line}`, fix: 'F.' },
    ...{ start: { line, column: 3 }, end: { line: line + 1, column: 1 } },
  });
  const diagnostics = [
    at('b', 1, 'warning'),
    at('a', 2, 'error'),
    at('a', 1, 'error'),
    { ...at('c', 1, 'error'), start: undefined },
  ];
  const sources = new Map([
    ['a', 'one\r\ntwo'],
    ['b', 'three'],
  ]);
  const cleaned = diagnostics.map(({ start, ...rest }) => (start ? { ...rest, start } : rest));
  expect(formatDiagnostics({ diagnostics: cleaned, sources, color: false })).toMatchInlineSnapshot(`
    "a:1:3 error: a 1
        1 | one
          |   ^
       fix: F.
    a:2:3 error: a 2
        2 | two
          |   ^
       fix: F.
    b:1:3 warning: b 1
        1 | three
          |   ^^^
       fix: F.
    c error: c 1
       fix: F.

    3 errors, 1 warning"
  `);
});

it('colours on request only', () => {
  expect(pointTo('HERE', true)).toContain('\u001b[31merror\u001b[0m');
  expect(pointTo('HERE')).not.toContain('\u001b');
});

it('says nothing when there is nothing to say', () => {
  expect(formatDiagnostics({ diagnostics: [], sources: new Map(), color: true })).toBe('');
});
