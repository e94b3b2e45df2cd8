/** The record of a run, which the next plan reads. Pure. */
import { type LastRun, type LastRunSegment, masterFields, voiceIdentity } from './last-run.ts';
import type { Plan, PlannedSegment } from './plan.ts';
import type { VoiceRef } from './step.ts';

/** Builds the record of a run. `hasTake` returns whether a segment has a take now. */
export function lastRunOf(plan: Plan, hasTake: (segment: PlannedSegment) => boolean): LastRun {
  const voices = new Map<string, number>();
  const placeOf = (voice: VoiceRef): number => {
    const identity = voiceIdentity(voice);
    const place = voices.get(identity) ?? voices.size;
    voices.set(identity, place);
    return place;
  };
  const chapters = plan.chapters.map(({ number, title, master, segments }) => ({
    number,
    title,
    master: { key: master.step.key, fields: masterFields(master.step) },
    segments: segments.map((segment): LastRunSegment => {
      const { step, reason, before } = segment;
      const { key, text, written, character, languageType, direction, variant, retake, model } = step;
      return {
        key,
        text,
        ...(written !== undefined && { written }),
        character,
        voice: placeOf(step.voice),
        languageType,
        ...(direction !== undefined && { direction }),
        ...(variant !== undefined && { variant }),
        ...(retake !== undefined && { retake }),
        ...(model !== plan.model.id && { model }),
        ...(!hasTake(segment) &&
          reason !== 'stored' &&
          reason !== 'repeated' &&
          reason !== 'pickup' &&
          reason !== 'refused' && { unspoken: { reason, ...(before !== undefined && { before }) } }),
      };
    }),
  }));
  const { title, model, delivery } = plan;
  return { version: 1, title, author: delivery.author, model: model.id, voices: [...voices.keys()], chapters };
}
