/** The token of a server that a command starts. */
import { isLoopback } from '../auth/authorize.ts';
import { ConfigError } from '../config/values.ts';
import { readWebSettings } from '../config/web-settings.ts';

/** Shortest token, in letters: a client that has it can spend money. */
const LEAST_TOKEN = 16;

/**
 * The value of PIPELINE_API_TOKEN; undefined when there is none and only this machine can reach `host`. Throws `ConfigError`
 * when other machines could connect without a token, and for one that is too short.
 */
export function httpToken({ host, flag }: { host: string; flag: string }): string | undefined {
  const { apiToken: token } = readWebSettings();
  if (token === undefined && !isLoopback(host)) {
    throw new ConfigError(
      `${flag} ${host} can be reached from other machines. Set PIPELINE_API_TOKEN (or PIPELINE_API_TOKEN_FILE) to a long random text, such as from: openssl rand -hex 32`,
    );
  }
  if (token !== undefined && (token.length < LEAST_TOKEN || /\s/.test(token)))
    throw new ConfigError(`PIPELINE_API_TOKEN must have at least ${LEAST_TOKEN} letters and no spaces.`);
  return token;
}
