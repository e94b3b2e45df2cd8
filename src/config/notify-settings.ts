/** Where and how a person is told that a book failed or needs an approval. */
import { nonEmpty, secretFromFile } from './values.ts';

/** The settings as the user gave them; src/web/note-format.ts checks them. They are never printed. */
export interface NotifySettings {
  urls: readonly string[];
  /** A format that the program knows: `slack`, `ntfy`, `json`. */
  format: string | undefined;
  /** A body of the user's own, instead of that of the format. */
  body: string | undefined;
  contentType: string | undefined;
  /** Value of the header `Authorization`. */
  authorization: string | undefined;
  /** Address that stands for `{link}`. */
  link: string | undefined;
}

/** Reads them. Throws `ConfigError` for a file that cannot be read or holds no secret. */
export function readNotifySettings(env: NodeJS.ProcessEnv = process.env): NotifySettings {
  return {
    urls: (env['PIPELINE_NOTIFY_URL'] ?? '').split(/\s+/).filter((one) => one !== ''),
    format: nonEmpty(env['PIPELINE_NOTIFY_FORMAT']),
    body: nonEmpty(env['PIPELINE_NOTIFY_BODY']),
    contentType: nonEmpty(env['PIPELINE_NOTIFY_CONTENT_TYPE']),
    authorization:
      nonEmpty(env['PIPELINE_NOTIFY_AUTHORIZATION']) ??
      bearer(secretFromFile('PIPELINE_NOTIFY_TOKEN_FILE', 'the token', env)),
    link: nonEmpty(env['PIPELINE_NOTIFY_LINK']),
  };
}

function bearer(token: string | undefined): string | undefined {
  return token === undefined ? undefined : `Bearer ${token}`;
}
