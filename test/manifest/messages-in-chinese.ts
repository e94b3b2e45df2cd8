import { chineseWords } from '../../src/manifest/diagnostics/chinese/in-chinese.ts';
import type { Diagnostic } from '../../src/manifest/diagnostics/diagnostic.ts';

/** The reading itself; throws when one of its diagnostics has no Chinese words, or English ones are left in them. */
export function alsoInChinese<T extends { diagnostics: readonly Diagnostic[] }>(reading: T): T {
  for (const { code, message, fix = '' } of reading.diagnostics)
    for (const words of [message, fix]) {
      const chinese = words === '' ? '' : chineseWords(words);
      if (chinese === undefined) throw new Error(`No Chinese words for ${code}: ${words}`);
      if (ENGLISH.test(chinese.replace(QUOTED, ''))) throw new Error(`English words in ${code}: ${chinese}`);
    }
  return reading;
}

/** What the author wrote, commands, and what the YAML library or ffmpeg says. */
const QUOTED = /“[^”]*”|`[^`]*`|"[^"]*"|（[^）]*）|(?:YAML|缺少内容)：.*|无法解码。.*|\[[^\]]*\]|\{[^}]*\}/gsu;
const ENGLISH = /[a-z]{2,} [a-z]{2,} [a-z]{2,}/;
