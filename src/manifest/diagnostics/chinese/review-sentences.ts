import type { Sentence } from './sentence.ts';

/** About a review file. */
export const REVIEW_SENTENCES: readonly Sentence[] = [
  [
    'The line of this decision (‹at›: “«words»”) is no longer in the book, so the decision has no effect.',
    '这项决定所指的行（‹at›：“«words»”）已不在书中，因此决定不起作用。',
  ],
  ['It stays in the file.', '决定会保留在文件中。'],
  ['Decide again about the line that replaced it, or remove this one.', '请对替换后的行重新决定，或删除这一项。'],
  [
    'This is the review file of “«other»”, not of “«title»”: «n» of its «all» lines are not in this book.',
    '这是“«other»”的审阅文件，不是“«title»”的：其中 «all» 行有 «n» 行不在本书中。',
  ],
  ['Put the right file here.', '请换成正确的文件。'],
  ['If the book got another title, write that after "book:".', '如果书名已改，请写在“book:”之后。'],
  [
    'Two decisions are about the same line: the one made at «at» and this one have different values for "«field»".',
    '有两项决定针对同一行：在 «at» 所作的决定与这一项的“«field»”不同。',
  ],
  ['Keep one of the two.', '请只保留其中一个。'],
  ['The text of «at» has «tag», so "«field»" has no effect.', '«at» 的文字中有 «tag»，因此“«field»”不起作用。'],
  [
    'Remove the tag from the text, or "«field»" from this decision.',
    '请从文字中删除标签，或从这项决定中删除“«field»”。',
  ],
  [
    'The words of «at» were edited after this decision (“«words»” then), so its "«field»" has no effect.',
    '作出决定之后，«at» 的文字有改动（当时为“«words»”），因此其“«field»”不起作用。',
  ],
  [
    'It stays in the file, and has an effect again when the words come back.',
    '决定会保留在文件中；文字恢复后，决定会重新起作用。',
  ],
  ['Decide again about the new words.', '请对新的文字重新决定。'],
  ['Write a name or an alias from the manifest.', '请写清单中的名字或别名。'],
  ['The words to speak are far longer than the line that they replace.', '要朗读的文字比原来的行长得多。'],
  [
    'Write new words into the text itself; "say" is another spelling of those that are there.',
    '新的文字请写入文稿；“say”只用于写出原有文字的读法。',
  ],
  ['This is no review file.', '这不是审阅文件。'],
  [
    'docs/reference/review.md shows each field; to take a decision back, remove its line.',
    '各字段见 docs/reference/review.md；若要收回决定，请删除该行。',
  ],
  ['There is no "«field»"‹place›.', '缺少“«field»”‹place›。'],
  ['This item of "«field»" must be ‹wanted›.', '“«field»”的这一项应为‹wanted›。'],
  ['"«field»"‹place› must be ‹wanted›.', '“«field»”‹place›应为‹wanted›。'],
  [
    'This review file has version «version»; this program reads up to version «most».',
    '审阅文件的版本为 «version»；本程序最高支持版本 «most»。',
  ],
  ['Use the version of the program that wrote it, or a newer one.', '请使用写入该文件的程序版本，或更新的版本。'],
  ['This review file is empty.', '审阅文件为空。'],
  ['This review file is incomplete: its last line is not "«line»".', '审阅文件不完整：最后一行不是“«line»”。'],
  ['Copy it again.', '请重新复制。'],
  [
    'If nothing is missing, write "«line»" as its last line; if it is not needed, delete it.',
    '如果内容没有缺失，请以“«line»”作为最后一行；如果不需要该文件，请删除。',
  ],
  ['This review file has «size» MB; the maximum is «most» MB.', '审阅文件有 «size» MB，最大 «most» MB。'],
  ['Check that it is the review file of this book.', '请确认这是本书的审阅文件。'],
  ['There is no field "«field»" in a review file, so it has no effect.', '审阅文件没有“«field»”字段，因此它不起作用。'],
  [
    'This review file has merge conflict markers (line «line»), and one of its two versions has errors.',
    '审阅文件含有合并冲突标记（第 «line» 行），且其中一个版本有错误。',
  ],
  ['Keep the right decisions, and remove the markers.', '请保留正确的决定，并删除标记。'],
  [
    'This review file has merge conflict markers; the decisions of both versions are used.',
    '审阅文件含有合并冲突标记；两个版本的决定都会使用。',
  ],
  [
    'The next decision that is made with the program writes it without the markers.',
    '下次用程序作出决定时，文件会重新写入，不再含有标记。',
  ],
  [
    'Both versions of this review file decide about «at»: «ours» or «theirs».',
    '审阅文件的两个版本对 «at» 的决定不同：«ours» 或 «theirs»。',
  ],
  ['Keep one of the two, and remove the conflict markers.', '请只保留其中一个，并删除冲突标记。'],
  ['There are two decisions about «at»: «ours» and «theirs».', '对 «at» 有两项决定：«ours» 和 «theirs»。'],
];
