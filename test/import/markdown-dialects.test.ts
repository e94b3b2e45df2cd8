import { expect, it } from 'vitest';
import { maskDialects } from '../../src/import/text/markdown-dialects.ts';
import { imported } from './account.ts';

const read = (text: string): string[] =>
  imported('a.md', new Uint8Array(Buffer.from(`# One\n\n${text}\n`))).book.chapters.flatMap(({ blocks }) =>
    blocks.filter(({ kind }) => kind === 'text').map((block) => block.text),
  );

it('reads the words of fences, wiki links, marks, spans and definitions without their signs', () => {
  expect(read('::: epigraph\nThe sea is wide.\n:::\n\n::::: {.box #b}\nA box.\n:::::')).toEqual([
    'The sea is wide.',
    'A box.',
  ]);
  expect(read('See [[The Lamp|the lamp]] and [[Harbour]].')).toEqual(['See the lamp and Harbour.']);
  expect(read('This is ==marked==, [small]{.smallcaps} and *so*{.x}; H~2~O.')).toEqual([
    'This is marked, small and so{.x}; H₂O.',
  ]);
  expect(read('Term\n:   What it means.')).toEqual(['Term', 'What it means.']);
});

it('leaves formulas and notes out and says so; prices and what is escaped stay', () => {
  const { leftOut } = imported(
    'a.md',
    new Uint8Array(Buffer.from('# One\n\nSo $x^2$ it^[An aside.] is.[^1]\n\n[^1]: Not here.\n')),
  );
  expect(leftOut.join()).toContain('1 formula');
  expect(leftOut.join()).toContain('3 notes');
  expect(read('It cost $5 and $6 more, or US$7, not $8.')).toEqual(['It cost $5 and $6 more, or US$7, not $8.']);
  expect(read('Two == three; a == b == c is not marked; \\[\\[this\\]\\] neither.')).toEqual([
    'Two == three; a == b == c is not marked; [[this]] neither.',
  ]);
});

it('takes linear time for a text of signs', () => {
  for (const sign of ['[[', '==a', '$a', '^[', '[a]{', ':::\n', '~a', '$$']) {
    const before = process.cpuUsage();
    maskDialects(sign.repeat(100_000));
    expect(process.cpuUsage(before).user / 1000, sign).toBeLessThan(3_000);
  }
});
