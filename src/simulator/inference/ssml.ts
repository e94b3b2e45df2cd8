/** The rules of `enable_ssml`. Pure. */

import type { Model } from '../../models/model.ts';
import { TASK_ERRORS } from '../../speech/dashscope-inference/protocol.ts';
import { takesSsml } from './models.ts';
import type { TaskError } from './parameters.ts';

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The words of a text that may be markup: tags are dropped, entities read, so an unescaped `<` takes words with it. Only
 * some models have SSML; the others take plain text under the same parameter, because the SDKs always set it.
 */
export function readSsml(text: string, model: Model): { words: string } | { error: TaskError } {
  if (/<speak\b/i.test(text) && !takesSsml(model)) return { error: { ...TASK_ERRORS.ssmlUnsupported } };
  const words = text.replace(/<[^>]*>?/g, '').replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
  return words === '' ? { error: { ...TASK_ERRORS.emptyText } } : { words };
}
