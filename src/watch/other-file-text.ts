/** The answer to a file in the watched folder that is no book: what it is, and what to do. Pure. */
import type { StatusLanguage } from './messages.ts';

/** What a file without a book is good for. */
export type OtherFileKind =
  /** `pipeline import` reads it. */
  | 'manuscript'
  /** A text document that must be saved in another format first. */
  | 'document'
  | 'other';

/** How each answer begins; `isOtherFileText` recognizes it. */
const BEGINNINGS: Record<StatusLanguage, string> = { en: 'not a book:', zh: '不是有声书：' };

/** Names that are safe and unambiguous inside double quotes on every command line. */
const SAFE_NAME = /^[\p{L}\p{N}_(][\p{L}\p{N}\p{M} ._(),-]*$/u;

/** What the file is, by its name. */
export function otherFileKind(name: string): OtherFileKind {
  if (/\.(epub|docx|md|markdown|txt)$/i.test(name)) return 'manuscript';
  return /\.(doc|odt|rtf|pdf|pages|html?|mobi|azw3?|fb2|gdoc)$/i.test(name) ? 'document' : 'other';
}

/** The text of the status file beside the file `name`, in one line. */
export function otherFileText(name: string, language: StatusLanguage): string {
  return `${BEGINNINGS[language]}${language === 'en' ? ' ' : ''}${TEXTS[language][otherFileKind(name)](importCommand(name))}`;
}

/** Whether a watcher wrote this text beside a file that is no book. */
export function isOtherFileText(text: string): boolean {
  return Object.values(BEGINNINGS).some((beginning) => text.startsWith(beginning));
}

function importCommand(name: string): string {
  return SAFE_NAME.test(name) ? `pipeline import "${name}"` : 'pipeline import FILE';
}

const TEXTS: Record<StatusLanguage, Record<OtherFileKind, (command: string) => string>> = {
  en: {
    manuscript: (command) =>
      `a book is a manifest (.yaml) or an archive with one (.zip), and no manifest here names this file. To turn a manuscript into a book, run: ${command}. Then put the folder that it writes here.`,
    document: () =>
      'a book is a manifest (.yaml) or an archive with one (.zip). To turn this document into a book, save it as .epub, .docx, .md or .txt and run: pipeline import FILE. Then put the folder that it writes here.',
    other: () =>
      'a book is a manifest (.yaml) or an archive with one (.zip), and no manifest here names this file. To use it in a book, name it in a manifest. To turn a manuscript into a book, run: pipeline import FILE.',
  },
  zh: {
    manuscript: (command) =>
      `有声书需要一个清单文件（.yaml）或包含清单的压缩包（.zip），而这里没有清单引用此文件。要把书稿制作成有声书，请运行：${command}，然后把生成的文件夹放到这里。`,
    document: () =>
      '有声书需要一个清单文件（.yaml）或包含清单的压缩包（.zip）。要把此文档制作成有声书，请先另存为 .epub、.docx、.md 或 .txt，再运行：pipeline import FILE，然后把生成的文件夹放到这里。',
    other: () =>
      '有声书需要一个清单文件（.yaml）或包含清单的压缩包（.zip），而这里没有清单引用此文件。要在书中使用它，请在清单中引用。要把书稿制作成有声书，请运行：pipeline import FILE。',
  },
};
