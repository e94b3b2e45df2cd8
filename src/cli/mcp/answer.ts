/** What tools answer: a short text for a person, the same as data for the assistant; failures with a way out. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { shortEchoes } from '../../errors.ts';
import { ManifestError } from '../../library/manifest-error.ts';
import { type Diagnostic, numberedMessage } from '../../manifest/diagnostics/diagnostic.ts';
import { describeFailure } from '../command-line/exit-codes.ts';
import { ToolRefusal } from './refusal.ts';

/** Diagnostics, lines and failures that one answer lists; it says how many there are. */
export const MOST_LISTED = 20;

/** An answer. */
export function answer(text: string, data: object): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { ...data } };
}

/** The work's answer, or its failure as the answer of a tool. The assistant reads it, so it says what to do next. */
export async function answerOrFailure(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (error) {
    const { code, message: whole } = failureOf(error);
    const message = shortEchoes(whole);
    return { content: [{ type: 'text', text: message }], structuredContent: { code, message }, isError: true };
  }
}

function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof ToolRefusal) return error;
  if (error instanceof ManifestError)
    return { code: 'manifest-mistakes', message: `${error.message} To see all: the tool check.` };
  return describeFailure(error);
}

/** A diagnostic for an assistant: what is wrong, where, and the fix. */
export function shownDiagnostic(diagnostic: Diagnostic): object {
  const { severity, code, file, start, fix } = diagnostic;
  const place = start && { line: start.line, column: start.column };
  return {
    severity,
    code,
    message: numberedMessage(diagnostic),
    file: shortEchoes(file),
    ...place,
    ...(fix !== undefined && { fix }),
  };
}
