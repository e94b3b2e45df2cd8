/**
 * The frames of one session in the order of the public documents (help.aliyun.com/zh/model-studio: Qwen-TTS-Realtime user
 * guide, client events, server events; read 2026-11). The prose of the user guide has `response.audio.done` before the two
 * other closing events; its table has it after them. A third party measured the prose's order.
 */

/** What one response consists of; `response.audio.delta` stands for any number of them. */
export const RESPONSE: readonly string[] = [
  'response.created',
  'response.output_item.added',
  'response.content_part.added',
  'response.audio.delta',
  'response.audio.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.done',
];

/** Commit mode: the acknowledgement of a commit, then its response. */
export const COMMIT_BLOCK: readonly string[] = ['input_text_buffer.committed', ...RESPONSE];

/** The documented frames of one response, field by field, with ids and audio left out. */
export const RESPONSE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'session.created': ['event_id', 'session', 'type'],
  'session.updated': ['event_id', 'session', 'type'],
  'input_text_buffer.committed': ['event_id', 'item_id', 'type'],
  'response.created': ['event_id', 'response', 'type'],
  'response.output_item.added': ['event_id', 'item', 'output_index', 'response_id', 'type'],
  'response.content_part.added': [
    'content_index',
    'event_id',
    'item_id',
    'output_index',
    'part',
    'response_id',
    'type',
  ],
  'response.audio.delta': ['content_index', 'delta', 'event_id', 'item_id', 'output_index', 'response_id', 'type'],
  'response.audio.done': ['content_index', 'event_id', 'item_id', 'output_index', 'response_id', 'type'],
  'response.content_part.done': ['content_index', 'event_id', 'item_id', 'output_index', 'part', 'response_id', 'type'],
  'response.output_item.done': ['event_id', 'item', 'output_index', 'response_id', 'type'],
  'response.done': ['event_id', 'response', 'type'],
  'session.finished': ['event_id', 'type'],
};
