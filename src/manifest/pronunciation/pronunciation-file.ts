import type { Context } from '../diagnostics/context.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DiagnosticList } from '../diagnostics/diagnostic-list.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { findingsOf } from '../diagnostics/issues.ts';
import type { PlacedPronunciation } from '../manifest.ts';
import { pronunciationFileSchema } from '../schema.ts';
import { hiddenWords } from '../yaml/hidden-words.ts';
import { placesIn } from '../yaml/places.ts';
import { lineIndex } from '../yaml/position.ts';
import { readYaml } from '../yaml/yaml.ts';
import { readPronunciations } from './pronunciations.ts';

/** Reads a YAML file of `word: pronunciation` lines and reports all errors. Never throws. */
export function parsePronunciationFile({ file, text }: { file: string; text: string }): {
  words: PlacedPronunciation[];
  diagnostics: Diagnostic[];
} {
  const lines = lineIndex(text);
  const { document, value, diagnostics } = readYaml({ file, text, lines });
  if (!document || value === null || value === undefined) return { words: [], diagnostics };
  const places = placesIn(document, lines);
  const found = new DiagnosticList();
  found.add(...diagnostics, ...hiddenWords({ file, text, document, lines }));
  const note = (finding: Finding): void => {
    const { path, on, severity = 'error', code, message, fix } = finding;
    if (!found.isFull) found.add({ code, severity, file, message, ...(fix && { fix }), ...places[on](path) });
  };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = 'This file must be a list of words, each with its pronunciation behind a colon.';
    note({
      path: [],
      on: 'value',
      code: 'wrong-type',
      message,
      fix: 'Write a line for each, such as "Ukridge: YOO-kridge".',
    });
    return { words: [], diagnostics: found.all };
  }
  const parsed = pronunciationFileSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) for (const finding of findingsOf(parsed.error.issues)) note(finding);
  const context: Context = { text, places, pathsMayLeave: false, note };
  const words = readPronunciations({ raw: value, path: [], context });
  return { words, diagnostics: found.all };
}
