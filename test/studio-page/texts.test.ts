/** Every text of the page is in one table, in every language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';
import { EN } from '../../src/studio/page/words/en.ts';
import { language, languageFor, t } from '../../src/studio/page/words/words.ts';
import { ZH } from '../../src/studio/page/words/zh.ts';

const PAGE = 'src/studio/page';
/** Attributes that are read or heard. */
const TEXT_ATTRIBUTES = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label']);
const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('words/'))
  .map((name) => join(PAGE, name));

describe('the texts of the page', () => {
  afterEach(() => {
    language.value = 'en';
  });

  it('have the same keys and the same values in both languages', () => {
    expect(Object.keys(ZH).sort()).toEqual(Object.keys(EN).sort());
    for (const name of Object.keys(EN) as (keyof typeof EN)[])
      expect(valuesOf(ZH[name]), name).toEqual(valuesOf(EN[name]));
  });

  it('are all used', () => {
    const code = files.map((file) => readFileSync(file, 'utf8')).join('\n');
    // Names of what the server sends: checks, rules, states and reasons to wait.
    const named = /^(?:check|rule|state|hold)\./;
    const unused = Object.keys(EN).filter((name) => !named.test(name) && !code.includes(`'${name}'`));
    expect(unused).toEqual([]);
  });

  it('are nowhere else', () => {
    expect(files.flatMap(textsIn)).toEqual([]);
  });

  it('decide between one and many', () => {
    expect(t('lines', { n: 1 })).toBe('1 line');
    expect(t('lines', { n: 3000 })).toBe('3,000 lines');
    language.value = 'zh-CN';
    expect(t('lines', { n: 1 })).toBe('1 行');
  });

  it('insert values as they are, whatever they contain', () => {
    expect(t('undone', { what: '{n} <b>$& $1' })).toBe('Undone: {n} <b>$& $1');
  });

  it('follow the languages of the browser', () => {
    expect(languageFor(['fr', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(languageFor(['de'])).toBe('en');
  });
});

function valuesOf(text: string | { one: string; other: string }): string[] {
  const form = typeof text === 'string' ? text : text.other;
  return [...form.matchAll(/\{\w+\}/g)].map(([value]) => value).sort();
}

/** Texts in a file that a person would read. */
function textsIn(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isJsxText(node) && /\p{L}/u.test(node.text)) found.push(`${file}: ${node.text.trim()}`);
    if (ts.isJsxAttribute(node) && node.initializer !== undefined && ts.isStringLiteral(node.initializer)) {
      if (TEXT_ATTRIBUTES.has(node.name.getText())) found.push(`${file}: ${node.initializer.text}`);
      return;
    }
    if (ts.isStringLiteral(node) && /\p{L}{2,} \p{L}{2,}/u.test(node.text) && !isMarkup(node))
      found.push(`${file}: ${node.text}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return found;
}

/** Names of classes, and selectors. */
function isMarkup(node: ts.StringLiteral): boolean {
  let at: ts.Node = node;
  while (!ts.isJsxAttribute(at) && !ts.isSourceFile(at)) at = at.parent;
  return ts.isJsxAttribute(at) && at.name.getText() === 'class';
}
