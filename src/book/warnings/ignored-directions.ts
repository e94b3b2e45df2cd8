/** Warns of directions that the model of their character does not take. */
import { modelOfCharacter } from '../../manifest/fields/character-model.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Position } from '../../manifest/yaml/position.ts';
import type { Line } from '../../script/lines/line.ts';
import { formatLineName } from '../../script/lines/line-name.ts';
import type { ReadingContext } from '../reading-context.ts';

/** One warning for each model that supports no directions, at the first line that has one. Adds such models to `warned`. */
export function warnIgnoredDirections(of: {
  context: ReadingContext;
  manifest: Manifest;
  lines: readonly Line[];
  /** The chapter's text, and how to find a place in it. */
  read: { chapter: number; file: string; text: string; locate: (offset: number) => Position };
  /** Models that were warned of in other chapters. */
  warned: Set<string>;
}): void {
  const { context, manifest, lines, read, warned } = of;
  const cast = new Map(manifest.characters.map((character) => [character.name, character]));
  for (const [index, { character, direction, start }] of lines.entries()) {
    if (direction === undefined) continue;
    const model = modelOfCharacter(manifest, cast.get(character));
    if (model.takesDirections || warned.has(model.id)) continue;
    warned.add(model.id);
    const message = `The model ${model.id} does not support directions; those in tags ([name: direction]) have no effect.`;
    const fix = 'Express it in the text, or keep them for a later model.';
    const code = 'direction-ignored';
    const number = formatLineName({ chapter: read.chapter, line: index + 1 });
    const place = { file: read.file, start: read.locate(start), number };
    context.diagnostics.add({ code, severity: 'warning', ...place, message, fix });
    context.sources.set(read.file, context.sources.get(read.file) ?? read.text);
  }
}
