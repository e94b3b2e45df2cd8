import type { Telemetry as BullTelemetry } from 'bullmq';

/** BullMQ's own hook for traces. */
export type Telemetry = BullTelemetry;
