/** The settings that the service says it has accepted. */
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { SettingsEcho } from './parse-events.ts';
import type { SessionSettings } from './protocol.ts';

/** The service's default rate, for settings that name none. */
export const DEFAULT_SAMPLE_RATE_HZ = 24_000;

/** The speech must be what we requested; with another rate or voice it would be stored under the wrong key. */
export function checkEcho({ voice, responseFormat, sampleRateHz }: SettingsEcho, asked: SessionSettings): void {
  if (voice !== undefined && voice !== asked.voice)
    throw protocolViolation('settings with another voice than requested');
  if (responseFormat !== undefined && responseFormat !== (asked.response_format ?? 'pcm')) {
    throw protocolViolation('settings with another audio format than requested');
  }
  if (sampleRateHz !== undefined && sampleRateHz !== (asked.sample_rate ?? DEFAULT_SAMPLE_RATE_HZ)) {
    throw protocolViolation('settings with another sample rate than requested');
  }
}
