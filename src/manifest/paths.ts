import type { Diagnostic } from './diagnostic.ts';

/**
 * Why a path in a manifest can not name a file beside it, judged by the text alone; the file system is asked later, when
 * the file is opened. `mayLeave` allows absolute paths and `..`, for an operator who has opened other folders.
 */
export function pathProblem(path: string, mayLeave: boolean): Pick<Diagnostic, 'code' | 'message' | 'fix'> | undefined {
  if (/[\p{Cc}\p{Cs}]/u.test(path)) {
    return {
      code: 'bad-path',
      message: 'This path has a control character in it.',
      fix: 'Name the file with plain characters.',
    };
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    return {
      code: 'bad-path',
      message: `"${shortened(path)}" is an address, not a path.`,
      fix: 'Put the file beside the manifest and write its relative path.',
    };
  }
  if (path.includes('\\')) {
    const fix = `Write "${shortened(path.replaceAll('\\', '/'))}".`;
    return { code: 'bad-path', message: 'This path has a backslash in it.', fix };
  }
  if (mayLeave) return undefined;
  const absolute = path.startsWith('/') || /^[a-z]:/i.test(path);
  if (absolute || leaves(path)) {
    const message = absolute
      ? "This path does not start in the manifest's folder."
      : "This path leaves the manifest's folder.";
    return {
      code: 'path-outside',
      message,
      fix: "Put the file into the manifest's folder and write its path from there.",
    };
  }
  return undefined;
}

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
