/** What a client sends for one task. */
import { MODELS } from '../../models.ts';
import type { SpeakRequest } from '../engine.ts';
import type { ContinueTask, FinishTask, RunTask, TaskParameters } from './protocol.ts';

/** The three messages of a task: its beginning, the whole text, its end. */
export interface TaskMessages {
  run: RunTask;
  text: ContinueTask;
  finish: FinishTask;
}

/** The messages for one text. `wantsWords`: ask when each word is heard. */
export function taskMessages(taskId: string, request: SpeakRequest, wantsWords: boolean): TaskMessages {
  const header = { task_id: taskId, streaming: 'duplex' } as const;
  return {
    run: {
      header: { action: 'run-task', ...header },
      payload: {
        task_group: 'audio',
        task: 'tts',
        function: 'SpeechSynthesizer',
        model: request.model,
        parameters: parametersOf(request, wantsWords),
        // It must not be left out.
        input: {},
      },
    },
    text: { header: { action: 'continue-task', ...header }, payload: { input: { text: request.text } } },
    finish: { header: { action: 'finish-task', ...header }, payload: { input: {} } },
  };
}

function parametersOf(request: SpeakRequest, wantsWords: boolean): TaskParameters {
  const { voiceId, sampleRateHz, seed, languageType, direction } = request;
  return {
    text_type: 'PlainText',
    voice: voiceId,
    format: 'pcm',
    sample_rate: sampleRateHz,
    volume: 50,
    rate: 1,
    pitch: 1,
    // In plain text `<` and `&` are what they are.
    enable_ssml: false,
    word_timestamp_enabled: wantsWords,
    ...(seed === undefined ? {} : { seed }),
    ...(languageType === 'Auto' ? {} : { language_hints: [languageType] }),
    ...(direction === undefined ? {} : { instruction: direction }),
  };
}

/** What the model of a request counts, as far as we know it. */
export function countsOf(model: string): 'characters' | 'tokens' {
  return rowOf(model)?.usage ?? 'characters';
}

/** Whether the model can tell when each word is heard. */
export function tellsWords(model: string): boolean {
  return rowOf(model)?.tellsWordTimes ?? false;
}

/** Whether the table has the model. */
export function isKnownModel(model: string): boolean {
  return rowOf(model) !== undefined;
}

function rowOf(model: string) {
  return Object.hasOwn(MODELS, model) ? MODELS[model] : undefined;
}
