/** The answer to a file in the watched folder that is no book: what it is, and what to do. Pure. */
import type { StatusLanguage } from './messages.ts';

/** What a file without a book is good for. */
export type OtherFileKind =
  /** `pipeline import` reads it. */
  | 'manuscript'
  /** A text document that must be saved in another format first. */
  | 'document'
  /** Decisions about a book whose manifest is not there. */
  | 'review'
  | 'other';

/** How each answer begins; `isOtherFileText` recognizes it. */
const BEGINNINGS: Record<StatusLanguage, string> = { en: 'not a book:', zh: '不是有声书：' };
/** The same for a review file, which waits. */
const WAITING_BEGINNINGS: Record<StatusLanguage, string> = { en: 'no manifest yet:', zh: '尚无清单：' };

/** Names that are safe and unambiguous inside double quotes on every command line. */
const SAFE_NAME = /^[\p{L}\p{N}_(][\p{L}\p{N}\p{M} ._(),-]*$/u;

/** What the file is, by its name. */
export function otherFileKind(name: string): OtherFileKind {
  if (manifestOfReview(name) !== undefined) return 'review';
  if (/\.(epub|docx|odt|html?|md|markdown|txt|srt|vtt|pdf)$/i.test(name)) return 'manuscript';
  return /\.(doc|rtf|pages|mobi|azw[134]?|kfx|prc|pdb|lit|lrf|chm|djvu|fb2|wpd|tex|gdoc)$/i.test(name)
    ? 'document'
    : 'other';
}

/** The text of the status file beside the file `name`, in one line. */
export function otherFileText(name: string, language: StatusLanguage): string {
  const kind = otherFileKind(name);
  const beginning = (kind === 'review' ? WAITING_BEGINNINGS : BEGINNINGS)[language];
  const subject = kind === 'review' ? manifestName(name, language) : importCommand(name);
  return `${beginning}${language === 'en' ? ' ' : ''}${TEXTS[language][kind](subject)}`;
}

/** The manifest or archive of a review file: what its name says without `.review`; undefined for other names. */
export function manifestOfReview(name: string): string | undefined {
  return /^(.*\.(?:ya?ml|zip))\.review$/is.exec(name)?.[1];
}

/** Whether a watcher wrote this text beside a file that is no book. */
export function isOtherFileText(text: string): boolean {
  const all = [...Object.values(BEGINNINGS), ...Object.values(WAITING_BEGINNINGS)];
  return all.some((beginning) => text.startsWith(beginning));
}

function manifestName(review: string, language: StatusLanguage): string {
  const name = manifestOfReview(review) ?? '';
  if (/\.zip$/i.test(name)) return language === 'en' ? 'a manifest inside the archive' : '压缩包内的清单';
  if (SAFE_NAME.test(name)) return `"${name}"`;
  return language === 'en' ? 'a manifest of the same name' : '同名清单';
}

function importCommand(name: string): string {
  return SAFE_NAME.test(name) ? `pipeline import "${name}"` : 'pipeline import FILE';
}

const TEXTS: Record<StatusLanguage, Record<OtherFileKind, (subject: string) => string>> = {
  en: {
    review: (manifest) =>
      `this review file holds decisions about ${manifest}. They are used as soon as that is here, beside this file; of an archive, put the review file into it.`,
    manuscript: (command) =>
      `a book is a manifest (.yaml) or an archive with one (.zip), and no manifest here names this file. To turn a manuscript into a book, run: ${command}. Then put the folder that it writes here.`,
    document: () =>
      'a book is a manifest (.yaml) or an archive with one (.zip). To turn this document into a book, save it as .epub, .docx, .md or .txt and run: pipeline import FILE. Then put the folder that it writes here.',
    other: () =>
      'a book is a manifest (.yaml) or an archive with one (.zip), and no manifest here names this file. To use it in a book, name it in a manifest. To turn a manuscript into a book, run: pipeline import FILE.',
  },
  zh: {
    review: (manifest) =>
      `此审阅文件保存了关于${manifest}的决定。清单放到此文件旁边后即会使用；如果是压缩包，请把审阅文件放进压缩包。`,
    manuscript: (command) =>
      `有声书需要一个清单文件（.yaml）或包含清单的压缩包（.zip），而这里没有清单引用此文件。要把书稿制作成有声书，请运行：${command}，然后把生成的文件夹放到这里。`,
    document: () =>
      '有声书需要一个清单文件（.yaml）或包含清单的压缩包（.zip）。要把此文档制作成有声书，请先另存为 .epub、.docx、.md 或 .txt，再运行：pipeline import FILE，然后把生成的文件夹放到这里。',
    other: () =>
      '有声书需要一个清单文件（.yaml）或包含清单的压缩包（.zip），而这里没有清单引用此文件。要在书中使用它，请在清单中引用。要把书稿制作成有声书，请运行：pipeline import FILE。',
  },
};
