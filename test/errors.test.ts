/** Messages that repeat what was given: a name of a megabyte does not become a message of a megabyte. */
import { expect, it } from 'vitest';
import { answerOrFailure } from '../src/cli/mcp/answer.ts';
import { ConfigError } from '../src/config/values.ts';
import { PipelineError, shortEchoes } from '../src/errors.ts';
import { ManifestError } from '../src/library/manifest-error.ts';
import { formatDiagnostics } from '../src/manifest/diagnostics/diagnostic.ts';
import { ProblemError } from '../src/web/problem.ts';

const LONG = `${'/x'.repeat(500_000)}.yaml`;

it('shortens what is repeated, at every door, and nothing else', async () => {
  const errors = [
    new ConfigError(`There is no file ${LONG}. Name another.`),
    new PipelineError({ code: 'take-missing', message: `"${'a b '.repeat(200_000)}" has no take.`, retry: 'never' }),
    new ProblemError(404, `Nothing is at ${LONG}.`),
    new ManifestError(LONG, []),
  ];
  for (const error of errors) {
    expect(error.message.length).toBeLessThan(500);
    const told = await answerOrFailure(() => Promise.reject(error));
    expect(JSON.stringify(told).length).toBeLessThan(20_000);
  }
  expect(errors[0]!.message).toMatch(/^There is no file \/x.*…\S+\.yaml\. Name another\.$/);
  const diagnostic = {
    severity: 'error',
    code: 'file-not-found',
    file: LONG,
    message: `There is no file "${LONG}".`,
  } as const;
  expect(formatDiagnostics({ diagnostics: [diagnostic], sources: new Map(), color: false }).length).toBeLessThan(1_500);
  const text = `${'A sentence of a long report. '.repeat(1_000)}\n${'/usr/share/a'.repeat(80)}`;
  expect(shortEchoes(text)).toBe(text);
});
