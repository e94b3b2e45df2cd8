import { describe, expect, it } from 'vitest';
import { stepLine, withText } from '../../src/observe/step-log.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import type { StepReport } from '../../src/queue/step-report.ts';

const step: SynthesizeStep = {
  kind: 'synthesize',
  key: 'a'.repeat(64),
  book: 'The Book',
  chapter: 3,
  ordinal: 42,
  character: 'mara',
  voice: { voiceId: 'v' },
  model: 'm',
  languageType: 'English',
  sampleRateHz: 24_000,
  text: 'The secret ending.',
};
const at = { step, jobId: 'j', attempt: 2, seconds: 1.23456 };

describe('the line of a step', () => {
  it('names book, chapter, segment, attempt, duration and outcome', () => {
    const report: StepReport = {
      ...at,
      end: 'made',
      result: {
        kind: 'synthesize',
        key: step.key,
        outcome: 'made',
        calls: { enroll: 0, list: 0, synthesize: 1 },
        billedCharacters: 18,
        audioSeconds: 1.5,
        simulated: true,
        worker: 'w',
      },
    };
    expect(stepLine(report)).toEqual({
      level: 'info',
      message: 'synthesize made',
      fields: {
        step: 'synthesize',
        book: 'The Book',
        chapter: 3,
        segment: 42,
        character: 'mara',
        key: 'aaaaaaaaaaaa',
        attempt: 2,
        seconds: 1.235,
        end: 'made',
        audioSeconds: 1.5,
        billedCharacters: 18,
        simulated: true,
      },
    });
  });

  it('says why a try failed without the words of the book, even when the service repeats them', () => {
    const report: StepReport = {
      ...at,
      end: 'failed',
      failure: { code: 'text-refused', message: 'Refused: "The secret ending." is not allowed.' },
    };
    const line = stepLine(report);
    expect(line).toMatchObject({
      level: 'error',
      fields: { code: 'text-refused', reason: 'Refused: "…" is not allowed.' },
    });
    expect(JSON.stringify(line)).not.toContain('secret ending');
    expect(withText(line, report).fields['text']).toBe('The secret ending.');
  });

  it('tells a step that goes on from one that is given up', () => {
    const failure = { code: 'throttled' as const, message: 'slow down' };
    expect(stepLine({ ...at, end: 'postponed', failure, afterMs: 500 })).toMatchObject({
      level: 'warn',
      fields: { afterMs: 500 },
    });
    expect(stepLine({ ...at, end: 'handed-back' }).level).toBe('info');
  });
});
