/** Why lines are spoken again: a draft compared with the book's last run. Only what test/cli/money does not show. */
import { describe, expect, it } from 'vitest';
import { changesSince } from '../../src/plan/changes.ts';
import type { Draft, DraftChapter } from '../../src/plan/draft.ts';
import { takeKey } from '../../src/plan/keys.ts';
import type { LastRun } from '../../src/plan/last-run.ts';
import type { MasterStep, SynthesizeStep } from '../../src/plan/step.ts';

const MODEL = 'model-1';
const VOICE = 'id:one';

function step(text: string, ordinal = 1): SynthesizeStep {
  const sound = { voice: { voiceId: 'one' }, model: MODEL, languageType: 'English', sampleRateHz: 24_000, text };
  return { kind: 'synthesize', key: takeKey(sound, 'local'), chapter: 1, ordinal, character: 'narrator', ...sound };
}

function draftOf(chapters: { title: string; lines: string[] }[]): Draft {
  return {
    chapters: chapters.map(({ title, lines }, index): DraftChapter => {
      const segments = lines.map((text, place) => step(text, place + 1));
      const master = { kind: 'master', key: title, takes: [] } as unknown as MasterStep;
      return { number: index + 1, title, segments, lines: [], master, coverage: {} as DraftChapter['coverage'] };
    }),
  } as unknown as Draft;
}

function lastRunOf(chapters: { title: string; lines: string[] }[]): LastRun {
  return {
    version: 1,
    title: 'T',
    author: '',
    model: MODEL,
    voices: [VOICE],
    chapters: chapters.map(({ title, lines }, index) => ({
      number: index + 1,
      title,
      master: { key: title, fields: {} },
      segments: lines.map((text) => ({
        key: step(text).key,
        text,
        character: 'narrator',
        voice: 0,
        languageType: 'English',
      })),
    })),
  };
}

/** The reason for each line of the first chapter. */
function reasonsFor(before: string[], now: string[]): (string | undefined)[] {
  const draft = draftOf([{ title: 'One', lines: now }]);
  const changes = changesSince(lastRunOf([{ title: 'One', lines: before }]), draft);
  return draft.chapters[0]!.segments.map((of) => {
    const { reason, before: words } = changes.segment(of);
    return words === undefined ? reason : `${reason} < ${words}`;
  });
}

describe('changesSince', () => {
  it('calls everything new without an earlier run', () => {
    const draft = draftOf([{ title: 'One', lines: ['A line.'] }]);
    expect(changesSince(undefined, draft).segment(draft.chapters[0]!.segments[0]!)).toEqual({ reason: 'new' });
  });

  it('finds the line that changed among those that moved', () => {
    const before = ['First line here.', 'Second line here.', 'The lamp went out.', 'Last one.'];
    const now = [
      'A wholly other beginning.',
      'First line here.',
      'Second line here.',
      'The lamp went on.',
      'Last one.',
    ];
    expect(reasonsFor(before, now)).toEqual(['new', 'damaged', 'damaged', 'text < The lamp went out.', 'damaged']);
  });

  it('distinguishes a changed line from one that was added beside it', () => {
    const before = ['Start.', 'The wind had turned at last.', 'End.'];
    const now = ['Start.', 'Nobody slept.', 'The wind had dropped at last.', 'End.'];
    expect(reasonsFor(before, now).slice(1, 3)).toEqual(['new', 'text < The wind had turned at last.']);
  });

  it('pairs chapters by title when the order changed, and a renamed one by its number', () => {
    const before = lastRunOf([
      { title: 'One', lines: ['In the first.'] },
      { title: 'Two', lines: ['In the second.'] },
      { title: 'Three', lines: ['In the third one.'] },
    ]);
    const draft = draftOf([
      { title: 'Two', lines: ['In the second!'] },
      { title: 'One', lines: ['In the first!'] },
      { title: 'Third', lines: ['In the third two.'] },
    ]);
    const changes = changesSince(before, draft);
    const said = draft.chapters.map(({ segments }) => changes.segment(segments[0]!).before);
    expect(said).toEqual(['In the second.', 'In the first.', 'In the third one.']);
  });

  it('handles a chapter of any size in which every line changed', () => {
    const before = Array.from({ length: 9_000 }, (_, line) => `Old line ${line}.`);
    const reasons = reasonsFor(
      before,
      before.map((line) => line.replace('Old', 'New')),
    );
    expect(new Set(reasons.map((reason) => reason?.slice(0, 4)))).toEqual(new Set(['text']));
    expect(reasons[4_500]).toBe('text < Old line 4500.');
  });
});
