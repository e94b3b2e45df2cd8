/** Sends a test message to each address that people gave. */
import { randomUUID } from 'node:crypto';
import { noteEndpoints } from '../../composition/note-endpoints.ts';
import { type Note, noteBody } from '../../web/note-format.ts';
import { postWebhook } from '../../web/post-webhook.ts';
import type { Endpoint } from '../../web/webhook-endpoints.ts';
import { plain } from '../screen/format.ts';
import type { Finding } from './finding.ts';

/** One finding for each address. Throws `ConfigError` for a wrong setting. */
export async function notifyChecks(): Promise<Finding[]> {
  const endpoints = noteEndpoints();
  const what = 'notify';
  if (endpoints.length > 0) return Promise.all(endpoints.map(sendTest));
  const fix =
    'Set PIPELINE_NOTIFY_URL to the address of Slack, ntfy or a mail gateway; see docs/how-to/notifications.md.';
  return [{ what, state: 'fail', found: 'no address is set', fix }];
}

async function sendTest({ url, origin, note: format }: Endpoint): Promise<Finding> {
  const what = 'notify';
  const note: Note = {
    id: `note_${randomUUID()}`,
    title: 'narration-pipeline',
    state: 'test',
    reason: 'This is a test. You will get a message like this when a book fails or needs an approval.',
    todo: 'Nothing.',
    path: 'test/book.yaml',
  };
  const body = noteBody(note, format!);
  const { ok, status, problem, answer } = await postWebhook({ url, id: note.id, body, secrets: [], note: format! });
  if (ok) return { what, state: 'ok', found: `${plain(origin)} accepted a test message (${status})` };
  const said = answer.trim() === '' ? '' : `: ${plain(answer.trim().slice(0, 200))}`;
  const fix = 'Check PIPELINE_NOTIFY_URL, the format and the authorization; the answer above is that of the service.';
  return { what, state: 'fail', found: `${plain(origin)}: ${problem}${said}`, fix };
}
