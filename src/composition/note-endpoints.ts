/** The addresses of people that the environment names, checked before anything starts. */
import { readNotifySettings } from '../config/notify-settings.ts';
import { ConfigError } from '../config/values.ts';
import { readNoteFormat } from '../web/note-format.ts';
import { type Endpoint, readEndpoints } from '../web/webhook-endpoints.ts';

/** Empty when PIPELINE_NOTIFY_URL is not set. Throws `ConfigError`; its message never contains a secret. */
export function noteEndpoints(env?: NodeJS.ProcessEnv): Endpoint[] {
  const settings = readNotifySettings(env);
  if (settings.urls.length === 0) return [];
  const format = readNoteFormat(settings);
  if ('problem' in format) throw new ConfigError(format.problem);
  const read = readEndpoints(settings.urls, { note: format.format, what: 'PIPELINE_NOTIFY_URL: address' });
  if ('problem' in read) throw new ConfigError(read.problem);
  return read.endpoints;
}
