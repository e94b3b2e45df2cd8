/** What Prometheus is told: one registry for each process. Names are part of the contract: add, never rename. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallCounts } from '../plan/step.ts';
import type { KindCounts } from '../queue/control.ts';
import type { StepReport } from '../queue/step-report.ts';

/** Where the figures come from that are asked for when somebody looks. */
export interface MetricSources {
  /** Jobs of the queue by kind and state; rejects when the queue is away, and the figures are left out then. */
  queue(): Promise<Record<string, KindCounts>>;
  /** Calls that this process has made to the service. */
  calls(): CallCounts & { delete: number };
  sessions(): { open: number; busy: number; opened: number; throttled: number };
}

/** An operation of the store that ended, as src/store/timed-store.ts tells it. */
export interface StoreTiming {
  name: string;
  seconds: number;
  /** The failure's code; undefined when it went well. */
  failure: string | undefined;
}

/** The counters of one process. */
export interface Metrics {
  onStep(report: StepReport): void;
  readonly onStore: (operation: StoreTiming) => void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** A take is there in seconds, a chapter in minutes. */
const STEP_SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];
/** A disk answers in less than a millisecond, S3 in tens of them. */
const STORE_SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** Makes the counters; nothing is started but Node's own (memory, event loop), which are read when somebody looks. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const steps = new Counter({
    name: 'pipeline_steps_total',
    help: 'Tries of steps by kind and how they ended.',
    labelNames: ['kind', 'end'],
    registers,
  });
  const stepSeconds = new Histogram({
    name: 'pipeline_step_seconds',
    help: 'How long a try of a step took.',
    labelNames: ['kind'],
    buckets: STEP_SECONDS,
    registers,
  });
  const throttles = new Counter({
    name: 'pipeline_throttled_steps_total',
    help: 'Tries that the service put off.',
    labelNames: ['kind'],
    registers,
  });
  const audio = counter(registers, 'pipeline_audio_seconds_total', 'Seconds of speech made.');
  const billed = counter(registers, 'pipeline_billed_characters_total', 'Characters that the service billed.');
  const storeSeconds = new Histogram({
    name: 'pipeline_store_seconds',
    help: 'How long the store took, by operation.',
    labelNames: ['operation'],
    buckets: STORE_SECONDS,
    registers,
  });
  const storeFailures = new Counter({
    name: 'pipeline_store_failures_total',
    help: 'Operations of the store that failed, by operation and code.',
    labelNames: ['operation', 'code'],
    registers,
  });
  addSources(registry, sources);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    onStep: (report) => {
      const { kind } = report.step;
      steps.inc({ kind, end: report.end });
      stepSeconds.observe({ kind }, report.seconds);
      if ('failure' in report && report.failure.code === 'throttled') throttles.inc({ kind });
      if (report.end !== 'made' || kind !== 'synthesize') return;
      audio.inc(report.result.audioSeconds);
      billed.inc(report.result.billedCharacters);
    },
    onStore: ({ name, seconds, failure }) => {
      storeSeconds.observe({ operation: name }, seconds);
      if (failure !== undefined) storeFailures.inc({ operation: name, code: failure });
    },
  };
}

function counter(registers: Registry[], name: string, help: string): Counter {
  return new Counter({ name, help, registers });
}

/** Figures that are kept elsewhere and read when somebody looks. */
function addSources(registry: Registry, sources: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: 'pipeline_queue_jobs',
    help: 'Jobs of all runs on this queue by kind and state.',
    labelNames: ['kind', 'state'],
    registers,
    async collect() {
      this.reset();
      const kinds = await sources.queue().catch(() => ({}));
      for (const [kind, states] of Object.entries(kinds)) {
        for (const [state, count] of Object.entries(states)) this.set({ kind, state }, count);
      }
    },
  });
  new Counter({
    name: 'pipeline_service_calls_total',
    help: 'Calls to the service, failed ones included.',
    labelNames: ['call'],
    registers,
    collect() {
      this.reset();
      for (const [call, count] of Object.entries(sources.calls())) this.inc({ call }, count);
    },
  });
  new Gauge({
    name: 'pipeline_sessions',
    help: 'WebSocket sessions of this process: open, and of those busy with a segment.',
    labelNames: ['state'],
    registers,
    collect() {
      const { open, busy } = sources.sessions();
      this.set({ state: 'open' }, open);
      this.set({ state: 'busy' }, busy);
    },
  });
  for (const [name, help, read] of [
    ['pipeline_sessions_opened_total', 'WebSocket sessions opened.', () => sources.sessions().opened],
    ['pipeline_session_throttles_total', 'Throttle answers on sessions.', () => sources.sessions().throttled],
  ] as const) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}
