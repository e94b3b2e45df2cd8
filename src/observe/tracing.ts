/** OpenTelemetry traces of the queue, when an endpoint is configured. */
import type { Telemetry } from '../queue/telemetry.ts';

/** Tracing that sends spans to the endpoint. */
export interface Tracing {
  /** For the queue's objects. */
  telemetry: Telemetry;
  /** Sends the remaining spans; waits a few seconds at most. */
  close(): Promise<void>;
}

/** Longest wait for the last spans, in milliseconds. */
const LAST_SPANS_MS = 3_000;

/**
 * Starts sending spans by OTLP over HTTP. The exporter reads the endpoint and its headers from the standard OTEL_*
 * variables. An endpoint that does not respond only loses spans.
 */
export async function startTracing({ version }: { version: string }): Promise<Tracing> {
  const [{ BullMQOtel }, { OTLPTraceExporter }, sdk, { resourceFromAttributes, defaultResource }] = await Promise.all([
    import('bullmq-otel'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/resources'),
  ]);
  // A name in OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES overrides ours.
  const resource = resourceFromAttributes({ 'service.name': 'narration-pipeline', 'service.version': version }).merge(
    defaultResource(),
  );
  const provider = new sdk.NodeTracerProvider({
    resource,
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return {
    telemetry: new BullMQOtel({ tracerName: 'narration-pipeline', meterName: 'narration-pipeline', version }),
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LAST_SPANS_MS);
      });
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
