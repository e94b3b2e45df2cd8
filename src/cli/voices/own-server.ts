/** `voices` with one's own server: it keeps no cloned voices, and has voices of its own. */
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { createOpenAiSpeechEngine } from '../../speech/openai-speech/engine.ts';
import { hostOf } from '../../speech/openai-speech/http.ts';
import { ownServer } from '../../speech/openai-speech/options.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { counted, plain } from '../screen/format.ts';
import type { Terminal } from '../screen/terminal.ts';

/** What a command that would change voices says. */
export function keepsNoVoices(): ConfigError {
  return new ConfigError(
    'Your own server keeps no cloned voices: a sample goes with each text. Write "sample: FILE" in the manifest; nothing has to be enrolled, adopted or deleted. ' +
      'For the voices of the service, set DASHSCOPE_API_KEY.',
  );
}

/** Lists the voices that the server has by itself. Exit code 0; fails with `service-unreachable`. */
export async function listOwnVoices(
  { ownServer: { url = '', key, profile } }: Config,
  terminal: Terminal,
  json: boolean,
) {
  const options = { url, apiKey: key, profile };
  const voices = await createOpenAiSpeechEngine(options).enrolment.listAll();
  const names = voices.map(({ voiceId }) => plain(voiceId));
  if (json) {
    const rows = names.map((voice) => ({
      ...{ voice, state: 'server', model: '', createdAt: '' },
      lastUsedOn: null,
      characters: [],
    }));
    terminal.raw(JSON.stringify({ type: 'voices', voices: rows }));
    return EXIT.ok;
  }
  for (const name of names) terminal.out(name);
  const use = names.length === 0 ? '' : ' Use one with "voice: NAME" in the manifest.';
  terminal.out(
    `${counted(names.length, 'voice')} of the server at ${hostOf(ownServer(options))} itself.${use} It keeps no cloned voices: a sample goes with each text.`,
  );
  return EXIT.ok;
}
