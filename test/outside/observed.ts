/** What machines read of a worker: metrics with their labels, and the fields of its log. */

import ts from 'typescript';
import { openLog } from '../../src/cli/worker/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { stepLine, withText } from '../../src/observe/step-log.ts';
import type { Step } from '../../src/plan/step.ts';
import type { StepReport } from '../../src/queue/step-report.ts';
import { made, master, segment, voice } from '../queue/steps.ts';
import { sources, walk } from './program.ts';

const bind: Step = {
  kind: 'bind',
  key: 'k',
  title: 't',
  chapters: [],
  tags: { title: 't', artist: 'a', language: 'en', comment: '' },
};
const STEPS: readonly Step[] = [voice('k'), { ...segment('k'), book: 'b' }, master('k'), bind];

/** A report of every kind of step and every end. */
const REPORTS: readonly StepReport[] = STEPS.flatMap((step) => {
  const of = { step, attempt: 1, seconds: 1 };
  const failure = { code: 'throttled', message: 'm' } as const;
  const result = made(step);
  return [
    ...(['made', 'adopted', 'reused'] as const).map((end) => ({ ...of, end, result })),
    { ...of, end: 'handed-back' },
    { ...of, end: 'postponed', failure, afterMs: 1 },
    { ...of, end: 'retried', failure },
    { ...of, end: 'failed', failure },
  ] as unknown as StepReport[];
});

/** Names of metrics with their kind, and of their labels with their values. Node's own are left out. */
export async function readMetrics(): Promise<string[]> {
  const counts = { waiting: 1, active: 1, delayed: 1, failed: 1, completed: 1 };
  const metrics = createMetrics({
    queue: async () => ({ enroll: counts, synthesize: counts, master: counts, bind: counts }),
    calls: () => ({ enroll: 1, list: 1, synthesize: 1, delete: 1 }),
    sessions: () => ({ open: 1, busy: 1, opened: 1, throttled: 1 }),
  });
  for (const report of REPORTS) metrics.onStep(report);
  metrics.onStore({ name: 'operation', seconds: 1, failure: 'code' });
  const found = new Set<string>();
  for (const line of (await metrics.text()).split('\n')) {
    const [, name, kind] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) found.add(`${name} ${kind}`);
    const [, sample = '', labels = ''] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
    for (const [label] of labels.matchAll(/\w+="[^"]*"/g)) {
      if (!label.startsWith('le=')) found.add(`${sample}{${label}}`);
    }
  }
  return [...found].filter((name) => !/^(process|nodejs)_/.test(name));
}

/** Messages and fields of a worker's log in JSON. */
export async function readLog(): Promise<string[]> {
  const found = new Set<string>();
  const out = (line: string): void => {
    const value = JSON.parse(line) as Record<string, unknown>;
    found.add(`level=${value['level']}`);
    for (const field of Object.keys(value)) found.add(`${value['msg']}: ${field}`);
  };
  const terminal = { raw: out } as unknown as Parameters<typeof openLog>[0]['terminal'];
  const log = await openLog({ format: 'json', level: 'debug', terminal });
  for (const report of REPORTS) log.write(withText(stepLine(report), report));
  for (const field of spelledOut()) found.add(`*: ${field}`);
  return [...found];
}

/** Fields of lines that are not of steps: every `fields: { … }` in the sources. */
function spelledOut(): string[] {
  const names: string[] = [];
  for (const source of sources) {
    walk(source, (node) => {
      if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'fields') return;
      if (!ts.isObjectLiteralExpression(node.initializer)) return;
      for (const { name } of node.initializer.properties) if (name !== undefined) names.push(name.getText());
    });
  }
  return names;
}
