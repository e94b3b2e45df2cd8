/** Characters that look like YAML's spaces and colons and are none: `　title`, `title：The Lamp`. Pure. */
import type { SyntaxProblem } from './yaml-brackets.ts';

/** Spaces other than the plain one and the tab, and signs without width, which word processors and input methods write. */
const ODD_SPACE = '[\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u3000\\ufeff]';
const FIRST_ODD_SPACE = new RegExp(ODD_SPACE, 'u');
const AT_EDGES = new RegExp(`^(?:\\s|${ODD_SPACE})+|(?:\\s|${ODD_SPACE})+$`, 'gu');
const INDENT = new RegExp(`^[ \\t]*(${ODD_SPACE})`, 'u');
const COLON = new RegExp(
  `^[ \\t]*(?:- +)*["']?[\\p{L}\\p{N}_-][\\p{L}\\p{N}\\p{M}_ -]{0,60}["']?(?:(：)|:(${ODD_SPACE}))`,
  'u',
);

/** The odd space in the name of a field, and the name without those at its ends; undefined when it has none. */
export function oddSpaceIn(name: string): { code: string; rest: string } | undefined {
  const odd = FIRST_ODD_SPACE.exec(name)?.[0];
  return odd === undefined ? undefined : { code: codeOf(odd), rest: name.replace(AT_EDGES, '') };
}

/** The odd character that a line is indented with, or that takes the place of a colon and its space. `start`: the line's offset. */
export function oddLayout(line: string, start: number): SyntaxProblem | undefined {
  const indent = INDENT.exec(line);
  if (indent !== null) {
    const at = start + indent[0].length - 1;
    const message = `This line is indented with a character that is not a plain space (${codeOf(indent[1]!)}).`;
    return { from: at, to: at + 1, code: 'yaml-syntax', message, fix: 'Delete it, and indent with plain spaces.' };
  }
  const [all, wide, odd] = COLON.exec(line) ?? [];
  if (all === undefined) return undefined;
  const at = start + all.length - 1;
  const message =
    wide === undefined
      ? `The space behind this colon is not a plain space (${codeOf(odd!)}).`
      : 'This colon is a full-width one (：), which ends no name of a field.';
  const fix =
    wide === undefined ? 'Delete it, and write a plain space.' : 'Write a plain colon and a space: "field: value".';
  return { from: at, to: at + 1, code: 'yaml-syntax', message, fix };
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
