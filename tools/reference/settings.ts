/** docs/reference/settings.md, from the table of settings. */
import { relative } from 'node:path';
import { SETTINGS, type Setting } from '../../src/config/settings.ts';
import { code, document, plain, table } from './markdown.ts';

const FOLDER = 'docs/reference';

/** The document. */
export function settingsDocument(): string {
  return document([
    '# Settings',
    'Environment variables. A flag takes precedence over a variable that says the same. A wrong value ends every command with exit code 2 and a message that names the variable; keys, tokens and secrets are never printed and never stored.',
    ...Object.entries(SETTINGS).flatMap(([heading, settings]) => [
      `## ${heading}`,
      table(['variable', 'meaning', 'default'], settings.map(rowOf)),
    ]),
  ]);
}

function rowOf({ name, meaning, preset = '', see }: Setting): string[] {
  const link = see === undefined ? '' : `; see [${nameOf(see)}](${relative(FOLDER, see)})`;
  return [code(name), `${plain(meaning)}${link}`, plain(preset)];
}

function nameOf(path: string): string {
  return path.replace(/^.*\/|\.md$/g, '');
}
