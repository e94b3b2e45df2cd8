/** Builds the server's messages, in the shape that the settings ask for. Pure. */
import type { ServerMessage, TaskOutput, TaskUsage, Word } from '../../speech/dashscope-inference/protocol.ts';
import type { TaskError } from './parameters.ts';
import type { InferenceSettings } from './settings.ts';

/** The server's messages of one task. */
export interface Messages {
  started(): ServerMessage;
  result(of: {
    type: TaskOutput['type'];
    index: number;
    words: readonly Word[];
    text?: string | undefined;
    usage?: TaskUsage | undefined;
  }): ServerMessage;
  finished(requestUuid: string, usage: TaskUsage | undefined): ServerMessage;
}

/** What an answer says, where the settings put it: below `output`, at the top, or both. */
export function placedOutput(output: object, { resultsIn }: Pick<InferenceSettings, 'resultsIn'>): object {
  return { ...(resultsIn === 'payload' ? {} : { output }), ...(resultsIn === 'output' ? {} : output) };
}

/** Messages for a task. */
export function messagesOf(taskId: string, settings: InferenceSettings): Messages {
  const header = <Event extends string>(event: Event) => ({ task_id: taskId, event, attributes: {} });
  return {
    started: () => ({ header: header('task-started'), payload: {} }),
    result({ type, index, words, text, usage }) {
      const output = {
        sentence: { index, ...(settings.words === 'none' ? {} : { words: [...words] }) },
        type,
        ...(text === undefined ? {} : { original_text: text }),
      } as TaskOutput;
      const payload = {
        ...placedOutput(output, settings),
        ...(usage && settings.usageIn !== 'finished' ? { usage } : {}),
      };
      return { header: header('result-generated'), payload } as ServerMessage;
    },
    finished: (requestUuid, usage) => ({
      header: { ...header('task-finished'), attributes: { request_uuid: requestUuid } },
      payload: {
        output: { sentence: { words: [] } },
        ...(usage && settings.usageIn !== 'sentence-end' ? { usage } : {}),
      },
    }),
  };
}

/** The message of a failed task. */
export function failedMessage(taskId: string, { code, message }: TaskError): ServerMessage {
  return {
    header: { task_id: taskId, event: 'task-failed', error_code: code, error_message: message, attributes: {} },
    payload: {},
  };
}
