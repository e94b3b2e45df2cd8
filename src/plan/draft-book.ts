/** Manifest and script → the draft of the book. Pure: it does not read the store. */

import { modelOfCharacter } from '../manifest/fields/character-model.ts';
import { publicationIn } from '../manifest/fields/publication.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { segmentNames } from '../script/lines/line-name.ts';
import { castVoices, engineOf } from './cast-voices.ts';
import type { Delivery, Draft, DraftChapter, DraftSource } from './draft.ts';
import { draftMaster, draftSample } from './draft-master.ts';
import { BINDING_VERSION, bookKey, pickupKey, plannedSeed, takeKey } from './keys.ts';
import type { BindStep, EnrollStep, SynthesizeStep } from './step.ts';
import { bookTags } from './tags.ts';
import { tradeNarrator } from './trade-words.ts';

/** Every step of the book. Equal input gives equal keys on every machine. */
export function draftBook(source: DraftSource): Draft {
  const model = modelOfCharacter(source.manifest, undefined);
  const models = new Map(source.manifest.characters.map((one) => [one.name, modelOfCharacter(source.manifest, one)]));
  const voices = castVoices(source);
  const enrollments = new Map<string, EnrollStep>();
  let ordinal = 0;
  const occurrences = new Map<string, number>();
  const chapters = source.chapters.map((chapter) => {
    const names = segmentNames(
      chapter.number,
      chapter.segments.map(({ lineIndex }) => lineIndex),
    );
    const segments = chapter.segments.map((segment, index): SynthesizeStep => {
      const voice = voices.get(segment.character);
      if (voice === undefined) throw new Error(`Internal error: there is no voice for "${segment.character}".`);
      if ('enrollment' in voice) enrollments.set(voice.enrollment.key, voice.enrollment);
      const speaks = models.get(segment.character) ?? model;
      const sound = {
        voice,
        model: speaks.id,
        ...engineOf(source),
        languageType: speaks.languages[source.manifest.language] ?? 'Auto',
        // One rate for the book, because takes of several models are joined.
        sampleRateHz: model.outputRateHz,
        text: segment.text,
        ...(speaks.takesDirections === true && segment.direction !== undefined && { direction: segment.direction }),
      };
      const retake = segment.retake !== undefined && { retake: segment.retake };
      ordinal += 1;
      const place = {
        book: source.manifest.title,
        ...names[index]!,
        ordinal,
        character: segment.character,
        ...(segment.written !== undefined && { written: segment.written }),
      };
      if (segment.pickup !== undefined) {
        const pickup = source.pickups?.get(segment.pickup);
        if (pickup === undefined) throw new Error(`Internal error: the recording "${segment.pickup}" was not loaded.`);
        const key = pickupKey({ recordingDigest: pickup.digest, sampleRateHz: sound.sampleRateHz });
        return { kind: 'synthesize', key, ...place, ...sound, pickup };
      }
      // The author's choice of a take must not change the numbering of repeats, so that the others keep their keys.
      const firstKey = takeKey(sound, source.realm);
      const variant = occurrences.get(firstKey) ?? 0;
      occurrences.set(firstKey, variant + 1);
      const unseeded = { ...sound, ...(source.manifest.varyRepeats && variant > 0 && { variant }), ...retake };
      const soundOfTake = { ...unseeded, ...(speaks.takesSeed === true && { seed: plannedSeed(unseeded) }) };
      return { kind: 'synthesize', key: takeKey(soundOfTake, source.realm), ...place, ...soundOfTake };
    });
    const master = draftMaster({ source, chapter, segments, sampleRateHz: model.outputRateHz });
    const lines = chapter.segments.map(({ lineIndex }) => lineIndex);
    const { number, title, role, coverage } = chapter;
    const scenes = chapter.segments.flatMap(({ boundaryAfter }, index) => (boundaryAfter === 'scene' ? [index] : []));
    const optional = {
      ...(role && { role }),
      ...(scenes.length > 0 && { scenes }),
      ...(chapter.source && { source: chapter.source }),
    };
    return { number, title, ...optional, segments, lines, master, coverage };
  });
  const book = source.manifest.formats.includes('m4b') ? draftBind(source, chapters) : undefined;
  const { title } = source.manifest;
  const delivery = deliveryOf(source.manifest);
  const sample = draftSample({ source, chapters, sampleRateHz: model.outputRateHz });
  const all = sample === undefined ? chapters : [...chapters, sample];
  const draft = { title, model, voices: [...enrollments.values()], chapters: all, delivery };
  return { ...draft, ...(book === undefined ? {} : { book }) };
}

function draftBind(source: DraftSource, chapters: readonly DraftChapter[]): BindStep {
  const { manifest, cover, chapters: texts, masteringVersion } = source;
  const { bindingVersion = masteringVersion === undefined ? BINDING_VERSION : FIRST_BINDING } = source;
  const step: Omit<BindStep, 'key'> = {
    kind: 'bind',
    title: manifest.title,
    chapters: chapters.map(({ master, title }) => ({ key: master.key, title })),
    tags: bookTags(manifest, texts),
    ...(cover === undefined ? {} : { cover }),
    ...(bindingVersion > FIRST_BINDING && { binding: bindingVersion }),
  };
  return { ...step, key: bookKey(step) };
}

const FIRST_BINDING = 1;

function deliveryOf(manifest: Manifest): Delivery {
  const { author = '', formats, subtitles, captionUnit, extras, mastering, custom, language, narrator } = manifest;
  const { disclosure } = manifest;
  const publication = publicationIn(manifest);
  return {
    author,
    language,
    ...(narrator !== undefined && { narrator }),
    tradeNarrator: tradeNarrator(manifest),
    ...(publication && { publication }),
    ...(disclosure && { disclosure }),
    formats,
    subtitles,
    captionUnit,
    extras,
    mastering,
    ...(custom && { custom }),
  };
}
