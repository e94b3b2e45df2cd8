/** What is written or sent in a shape that a type of ours describes: events, payloads of jobs, small files. */
import type ts from 'typescript';
import { fieldsOf } from './fields.ts';
import { checker, typeNamed } from './program.ts';

/** What is said outside, by the file and the name of its type. A moved or renamed type is mended here. */
const TYPES: Readonly<Record<string, readonly [file: string, name: string]>> = {
  events: ['src/events.ts', 'PipelineEvent'],
  'events of a watched folder': ['src/watch/events.ts', 'InboxEvent'],
  'plan report': ['src/events/plan-report.ts', 'PlanReport'],
  mistakes: ['src/manifest/diagnostics/diagnostic.ts', 'Diagnostic'],
  'job payloads': ['src/plan/step.ts', 'Step'],
  'job results': ['src/plan/step.ts', 'StepResult'],
  'edition in book.lock': ['src/plan/edition.ts', 'Edition'],
  'watched folder, memory of a book': ['src/watch/book-memory.ts', 'BookMemory'],
  'watched folder, claim': ['src/holders/holder.ts', 'Holder'],
  'watched folder, spending of a day': ['src/watch/day-entries.ts', 'DayEntry'],
  'watched folder, webhook to send': ['src/web/webhook-outbox.ts', 'OutboxMessage'],
  'store lock': ['src/holders/holder.ts', 'Holder'],
  'simulator counts': ['src/simulator/metrics.ts', 'Metrics'],
  'simulator knobs': ['src/simulator/parse-settings.ts', 'SettingsPatch'],
  'simulator voices file': ['src/simulator/voices.ts', 'VoiceRecord'],
  'simulator voices file of the inference protocol': ['src/simulator/inference/voices.ts', 'InferenceVoice'],
};

/** Of a union, the field that tells its members apart. */
const TELLERS = ['type', 'kind'];

/** Entries by what is described; a member of a union of events or payloads begins with its own name. */
export function readTyped(): Record<string, string[]> {
  return Object.fromEntries(Object.entries(TYPES).map(([of, [file, name]]) => [of, entriesOf(typeNamed(file, name))]));
}

function entriesOf(type: ts.Type): string[] {
  const members = type.isUnion() ? type.types : [type];
  return members.flatMap((member) => {
    const name = members.length === 1 ? undefined : nameOf(member);
    const fields = fieldsOf(member);
    return name === undefined ? fields : [name, ...fields.map((field) => `${name}.${field}`)];
  });
}

function nameOf(member: ts.Type): string | undefined {
  for (const teller of TELLERS) {
    const property = checker.getPropertyOfType(member, teller);
    const of = property && checker.getTypeOfSymbol(property);
    if (of?.isStringLiteral()) return of.value;
  }
  return undefined;
}
