/** Which voice each character speaks with, and what enrolls it. Pure. */
import { modelOfCharacter } from '../manifest/fields/character-model.ts';
import type { DraftSource } from './draft.ts';
import { preferredName, voiceKey } from './keys.ts';
import type { EnrollStep, SynthesizeStep, VoiceRef } from './step.ts';

/** What the voices of a book depend on. */
export type CastSource = Pick<DraftSource, 'manifest' | 'samples' | 'profile'>;

/** Character name → its voice. Characters with equal samples, transcripts and models share one voice and one step. */
export function castVoices(source: CastSource): Map<string, VoiceRef> {
  const voices = new Map<string, VoiceRef>();
  const steps = new Map<string, EnrollStep>();
  for (const character of source.manifest.characters) {
    if (character.source.kind === 'voice') {
      voices.set(character.name, { voiceId: character.source.voiceId });
      continue;
    }
    const sample = source.samples.get(character.name);
    if (sample === undefined) continue;
    const { id, enrolment } = modelOfCharacter(source.manifest, character);
    const transcript = enrolment.usesTranscript ? character.source.transcript : undefined;
    const of = { model: id, ...engineOf(source) };
    const key = voiceKey({ sampleDigest: sample.digest, ...of, transcript });
    const step: EnrollStep = steps.get(key) ?? {
      kind: 'enroll',
      key,
      characters: [],
      ...of,
      preferredName: preferredName(key, enrolment),
      sample,
      ...(transcript === undefined ? {} : { transcript }),
    };
    step.characters.push(character.name);
    steps.set(key, step);
    voices.set(character.name, { enrollment: step });
  }
  return voices;
}

/** The fields of a step that goes to one's own server. */
export function engineOf({
  manifest: { engine },
  profile = '',
}: Pick<DraftSource, 'manifest' | 'profile'>): Pick<SynthesizeStep, 'engine' | 'profile'> {
  return engine === undefined ? {} : { engine, profile };
}
