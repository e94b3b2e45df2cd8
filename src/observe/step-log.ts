/** One log line for each attempt of a step, without any text of the book unless requested, and never with a key. */
import type { LogLevel } from '../config/config.ts';
import { lineNumberOf } from '../plan/line-number.ts';
import type { Step } from '../plan/step.ts';
import type { StepReport } from '../queue/step-report.ts';

/** A log line before it is written; `fields` are flat. */
export interface LogLine {
  level: LogLevel;
  message: string;
  fields: Record<string, string | number | boolean>;
}

/** The log line of one attempt. `debug` lines contain the spoken words; all others never do. */
export function stepLine(report: StepReport): LogLine {
  const { step, end, attempt, seconds } = report;
  const fields: LogLine['fields'] = {
    step: step.kind,
    ...placeOf(step),
    key: step.key.slice(0, 12),
    attempt,
    seconds: Math.round(seconds * 1000) / 1000,
    end,
  };
  if ('result' in report) {
    const { audioSeconds, billedCharacters, simulated } = report.result;
    if (step.kind !== 'enroll') fields['audioSeconds'] = Math.round(audioSeconds * 1000) / 1000;
    if (end === 'made' && step.kind === 'synthesize') fields['billedCharacters'] = billedCharacters;
    if (simulated) fields['simulated'] = true;
  }
  if ('failure' in report) {
    fields['code'] = report.failure.code;
    fields['reason'] = withoutText(report.failure.message, step);
  }
  if (end === 'postponed') fields['afterMs'] = report.afterMs;
  return { level: LEVELS[end], message: `${step.kind} ${end}`, fields };
}

/** The same with the spoken text, for level `debug`. */
export function withText(line: LogLine, { step }: StepReport): LogLine {
  return step.kind === 'synthesize' ? { ...line, fields: { ...line.fields, text: step.text } } : line;
}

const LEVELS: Readonly<Record<StepReport['end'], LogLevel>> = {
  made: 'info',
  adopted: 'info',
  reused: 'info',
  'handed-back': 'info',
  postponed: 'warn',
  retried: 'warn',
  failed: 'error',
};

function placeOf(step: Step): LogLine['fields'] {
  switch (step.kind) {
    case 'enroll':
      return { characters: step.characters.join(', '), model: step.model };
    case 'synthesize': {
      const number = lineNumberOf(step);
      return {
        ...(step.book === undefined ? {} : { book: step.book }),
        chapter: step.chapter,
        segment: step.ordinal,
        ...(number !== undefined && { number }),
        character: step.character,
      };
    }
    case 'master':
      return { book: step.tags.album, chapter: step.chapter };
    case 'bind':
      return { book: step.title };
  }
}

/** A service may repeat its input; its reason is logged, the words are not. */
function withoutText(message: string, step: Step): string {
  return step.kind === 'synthesize' && step.text !== '' ? message.replaceAll(step.text, '…') : message;
}
