import { describe, expect, it } from 'vitest';
import { readDialogue } from '../../src/script/speakers/dialogue.ts';
import { lettersPattern } from '../../src/script/speakers/letters-pattern.ts';
import { peopleOf } from '../../src/script/speakers/people.ts';
import { type Turn, turnsOf } from '../../src/script/speakers/turns.ts';

/** Who says each quotation, by the words beside it: a name, `m` or `f` for a pronoun, a description, or `?`. */
function said(...texts: string[]): string[] {
  return turns(...texts).flatMap(({ parts, sayer }) => parts.map(() => shown(sayer)));
}

function turns(...texts: string[]): Turn[] {
  const known = ['Tom said, “Well?”', 'Lucy said, “Well?”', 'Mr. Hallward said, “Well?”', 'Anne said, “Well?”'];
  const style = { language: 'en' as const, single: false };
  const all = readDialogue(
    [...known, ...texts].map((text) => ({ text })),
    style,
  );
  const read = all.slice(known.length);
  return turnsOf(read, peopleOf([all], 'en'));
}

function shown(sayer: Turn['sayer']): string {
  if (sayer?.kind === 'name') return sayer.name;
  return sayer?.kind === 'unnamed' ? (sayer.words ?? sayer.gender ?? 'somebody') : '?';
}

describe('who says a quotation, by the words beside it', () => {
  it.each([
    ['Alice heard the Rabbit say, “A barrowful will do.”', ['Rabbit']],
    ['Tom sat down, and she heard him mutter to himself, “Never.”', ['m']],
    ['Milly said, “Are you in town for long?” Babs said, “Have you a light?”', ['Milly', 'Babs']],
    ['“Come here,” said Tom. “Is it true?” Lucy replied that it was.', ['Tom', 'Tom']],
    ['“I hope,” said Tom, when Lucy returned, “that nothing is the matter?”', ['Tom', 'Tom']],
    ['“I never do,” said Lucy, while her brother, in the chair, exclaimed, “But you do!”', ['Lucy', 'her brother']],
    ['“You have frightened him.” For Lucy had run out into the street, shouting, “Oh, do stop!”', ['?', 'Lucy']],
    ['“No.” Tom shook his head and said, “Never.”', ['Tom', 'Tom']],
    ['“Ever,” said Tom. On the way back he said, “May I have my milk?”', ['Tom', 'Tom']],
    ['“Ever,” said Tom. Mr. Hallward looked at him, and on the way back he said, “No.”', ['Tom', 'm']],
    ['“You may not have lived there—” (“I have not,” said Lucy)—“or not for long.”', ['?', 'Lucy', '?']],
    ['Since Tony was paying, the offer was late, but the old clerk brightened and said, “Thanks.”', ['?']],
    ['She rejected it, and said: “How like him!” Then Tom whispered: “Or did she mean it?”', ['f', 'Tom']],
    ['At this moment Tom, who had been looking across the garden, called out, “The Queen!”', ['Tom']],
    ['“I have heard that before,” remarked skeptical Anne.', ['Anne']],
    ['“Buy it!” remarked somebody to Anne.', ['?']],
  ])('%s', (text, names) => {
    expect(said(text)).toEqual(names);
  });

  it('takes neither the owner of something nor the answer to a question for one who is called', () => {
    const [owner, asks, answer, called] = turns(
      '“A great change. Tom’s taken a flat.”',
      '“Did anyone call?”',
      '“Mr. Hallward, sir. He stayed till eleven.”',
      '“Well, Tom?”',
    );
    const names = (turn: Turn | undefined) => [...turn!.addressed].map(({ name }) => name);
    expect([owner, asks, answer, called].map(names)).toEqual([[], [], [], ['Tom']]);
  });
});

it('finds the same with the ranges of Latin letters alone, and letters beyond them', () => {
  const source = "(?<!\\p{L})(\\p{Lu}[\\p{Ll}’'-]*)(?!\\p{L})[^\\p{L}]*(\\p{N}?)$";
  const [quick, whole] = [lettersPattern(source), new RegExp(source, 'u')];
  const signs = [
    'Ä',
    'é',
    'ß',
    'Ǆ',
    'ǅ',
    'ª',
    'x',
    'Ж',
    'ж',
    '王',
    '𐐀',
    '𐐨',
    '²',
    '½',
    '٣',
    '—',
    '’',
    ' ',
    '\n',
    '́',
    '',
    '×',
  ];
  for (const a of signs)
    for (const b of signs)
      for (const c of signs) {
        const text = `${a}Tom${b}${c}`;
        const [one, two] = [quick.exec(text), whole.exec(text)];
        if (one?.index !== two?.index || String(one) !== String(two)) expect([text, one]).toEqual([text, two]);
      }
  expect(quick.test('Älter 7')).toBe(true);
});
