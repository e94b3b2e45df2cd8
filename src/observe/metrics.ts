/** The Prometheus metrics: one registry for each process. Names are part of the contract: add, never rename. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallCounts } from '../plan/step.ts';
import type { KindCounts } from '../queue/control.ts';
import type { StepReport } from '../queue/step-report.ts';

/** Sources of the figures that are read at each scrape. */
export interface MetricSources {
  /**
   * Jobs of the queue by kind and state; when it rejects because the queue is unavailable, the figures are left out.
   */
  queue(): Promise<Record<string, KindCounts>>;
  /** Calls that this process has made to the service. */
  calls(): CallCounts & { delete: number };
  sessions(): { open: number; busy: number; opened: number; throttled: number };
}

/** A finished operation of the store, as src/store/timed-store.ts reports it. */
export interface StoreTiming {
  name: string;
  seconds: number;
  /** The failure's code; undefined on success. */
  failure: string | undefined;
}

/** The counters of one process. */
export interface Metrics {
  onStep(report: StepReport): void;
  readonly onStore: (operation: StoreTiming) => void;
  /** In Prometheus's text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** A take takes seconds, a chapter minutes. */
const STEP_SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];
/** A disk responds in less than a millisecond, S3 in tens of them. */
const STORE_SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** Makes the counters. Node's own (memory, event loop) are read at each scrape; nothing else is started. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const steps = new Counter({
    name: 'pipeline_steps_total',
    help: 'Attempts of steps by kind and end.',
    labelNames: ['kind', 'end'],
    registers,
  });
  const stepSeconds = new Histogram({
    name: 'pipeline_step_seconds',
    help: 'Duration of an attempt of a step.',
    labelNames: ['kind'],
    buckets: STEP_SECONDS,
    registers,
  });
  const throttles = new Counter({
    name: 'pipeline_throttled_steps_total',
    help: 'Attempts that the service throttled.',
    labelNames: ['kind'],
    registers,
  });
  const audio = counter(registers, 'pipeline_audio_seconds_total', 'Seconds of speech made.');
  const billed = counter(registers, 'pipeline_billed_characters_total', 'Characters billed by the service.');
  const storeSeconds = new Histogram({
    name: 'pipeline_store_seconds',
    help: 'Duration of store operations, by operation.',
    labelNames: ['operation'],
    buckets: STORE_SECONDS,
    registers,
  });
  const storeFailures = new Counter({
    name: 'pipeline_store_failures_total',
    help: 'Failed store operations, by operation and code.',
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

/** Figures that other parts count, read at each scrape. */
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
    help: 'Calls to the service, including failed ones.',
    labelNames: ['call'],
    registers,
    collect() {
      this.reset();
      for (const [call, count] of Object.entries(sources.calls())) this.inc({ call }, count);
    },
  });
  new Gauge({
    name: 'pipeline_sessions',
    help: 'WebSocket sessions of this process: open, and busy with a segment.',
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
    ['pipeline_session_throttles_total', 'Throttle responses on sessions.', () => sources.sessions().throttled],
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
