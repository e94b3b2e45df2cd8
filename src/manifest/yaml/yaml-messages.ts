/** Messages for the yaml library's errors. Pure. */
import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

type Message = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

/** The message for a line whose column fits to no group. */
export const WRONG_COLUMN = 'This line is not indented like the ones it belongs to.';

/** The message and fix for a syntax error. */
export function yamlErrorMessage(error: YAMLError, text: string): Message {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return {
        code: 'tab-indent',
        message: 'This line is indented with a tab.',
        fix: 'Indent with spaces; YAML does not allow tabs.',
      };
    case 'BAD_INDENT':
      return wrongColumn();
    case 'BLOCK_AS_IMPLICIT_KEY':
      return syntax('There is a second ": " in this value.', 'Put the value in quotes, like "Title: Subtitle".');
    case 'MULTILINE_IMPLICIT_KEY':
      return syntax(
        'This line is neither a field nor part of a text.',
        asField(text.slice(error.pos[0], error.pos[1])),
      );
    case 'MISSING_CHAR':
      return missingCharacter(error, text);
    case 'UNEXPECTED_TOKEN':
      return syntax(
        'There is more text after the end of this value.',
        'Put the whole value in quotes, or remove what follows.',
      );
    case 'BAD_SCALAR_START':
      return syntax('A value cannot begin with this character.', 'Put the value in quotes.');
    case 'BAD_DQ_ESCAPE':
      return syntax('This backslash means nothing here.', 'Write \\\\ for a backslash, or use single quotes.');
    case 'BAD_ALIAS':
      return syntax('This reference (*) has no name.', 'Put the value in quotes if the asterisk is text.');
    case 'MULTIPLE_DOCS':
      return syntax('A second document begins here (---).', 'Write one manifest per file.');
    case 'NON_STRING_KEY':
      return syntax('The name of a field must be plain text.', 'Write it as text in quotes.');
    case 'TAG_RESOLVE_FAILED':
      return {
        code: 'yaml-tag',
        message: 'Tags with "!" mean nothing in a manifest.',
        fix: 'Remove it, or put the value in quotes.',
      };
    default:
      return syntax(`This is not valid YAML: ${error.message}.`, 'Compare it with the examples in manifests/.');
  }
}

function wrongColumn(): Message {
  return syntax(WRONG_COLUMN, 'Begin all fields of a group in the same column.');
}

function syntax(message: string, fix: string): Message {
  return { code: 'yaml-syntax', message, fix };
}

function missingCharacter(error: YAMLError, text: string): Message {
  if (/Implicit map keys/.test(error.message)) {
    const behind = text.slice(error.pos[0], error.pos[1] + 1);
    return syntax(
      'This line is neither a field nor part of a text.',
      behind.includes(':') ? 'Write a space after the colon.' : asField(behind),
    );
  }
  if (/Sequence item without/.test(error.message)) return wrongColumn();
  return syntax(`Something is missing: ${error.message}.`, 'Compare it with the examples in manifests/.');
}

/** The field that the line was probably meant to be. */
function asField(lines: string): string {
  const line = lines.trim().split(/\r?\n/, 1)[0]!;
  const [, name, value = ''] = /^([\p{L}\w-]{1,40})(?:(?::|[ \t]+)(\S.{0,60}))?$/u.exec(line) ?? [];
  const field = name === undefined ? 'field: value' : `${name}: ${value}`.trim();
  return `Write it as "${field}", with a space after the colon, or indent it like the text above.`;
}
