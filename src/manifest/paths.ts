import type { Diagnostic } from './diagnostics/diagnostic.ts';

/**
 * Why a manifest may not use this path, judged by its text alone; the code that opens the file checks the file system.
 * `mayLeave` allows absolute paths and `..`, for an operator who permits other folders.
 */
export function pathProblem(path: string, mayLeave: boolean): Pick<Diagnostic, 'code' | 'message' | 'fix'> | undefined {
  if (/[\p{Cc}\p{Cs}]/u.test(path)) {
    return {
      code: 'bad-path',
      message: 'This path contains a control character.',
      fix: 'Name the file with plain characters.',
    };
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    return {
      code: 'bad-path',
      message: `"${shortened(path)}" is an address, not a path.`,
      fix: 'Save the file next to the manifest and write its relative path.',
    };
  }
  if (path.includes('\\')) {
    // With slashes it would be absolute still.
    const fromRoot = !mayLeave && /^(?:[a-z]:)?\\/i.test(path);
    const fix = fromRoot ? MOVE : `Write "${shortened(path.replaceAll('\\', '/'))}".`;
    return { code: 'bad-path', message: 'This path contains a backslash.', fix };
  }
  if (mayLeave) return undefined;
  const absolute = path.startsWith('/') || /^[a-z]:/i.test(path);
  if (absolute || leaves(path)) {
    const message = absolute
      ? "This path is absolute; it must be inside the manifest's folder."
      : "This path leads out of the manifest's folder.";
    return {
      code: 'path-outside',
      message,
      fix: MOVE,
    };
  }
  return undefined;
}

const MOVE = "Move the file into the manifest's folder and write its path relative to it.";

function leaves(path: string): boolean {
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
