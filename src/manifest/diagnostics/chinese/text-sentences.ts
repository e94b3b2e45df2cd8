import type { Sentence } from './sentence.ts';

/** About the text of a chapter. */
export const TEXT_SENTENCES: readonly Sentence[] = [
  [
    '"«label»:" looks like a speaker label, but the narrator reads it aloud.',
    '“«label»:”像是说话人标记，但旁白会把它读出来。',
  ],
  [
    '"«label»" looks like a speaker label, but the narrator reads it aloud.',
    '“«label»”像是说话人标记，但旁白会把它读出来。',
  ],
  [
    'If "«label»" is a character, add it to the manifest and write [«name»] instead.',
    '如果“«label»”是角色，请加入清单，并改写成 [«name»]。',
  ],
  ['Write [«name»] instead.', '请改写成 [«name»]。'],
  ['This pause has no valid length (up to 60 seconds).', '停顿的长度无效（最长 60 秒）。'],
  ['Write [pause 1.5s].', '请写成 [pause 1.5s]。'],
  ['A pause at the ‹where› of a chapter has no effect.', '章‹where›的停顿不起作用。'],
  ['Set "pauses: {«field»: …}" in the manifest, or remove it.', '请在清单中设置“pauses: {«field»: …}”，或删除停顿。'],
  ['This tag does not name a recording.', '这个标签没有指定录音。'],
  [
    'Write [audio: pickups/….wav] with a path relative to the manifest.',
    '请写成 [audio: pickups/….wav]，路径相对于清单。',
  ],
  [
    'A recorded line cannot contain a pause tag; the recording has its own pauses.',
    '使用录音的一行不能含有停顿标签；录音有自己的停顿。',
  ],
  ['No spoken line follows this recording.', '这段录音之后没有要朗读的文字。'],
  [
    'Remove the [pause …] from the paragraph, or split the paragraph at the pause.',
    '请从段落中删除 [pause …]，或在停顿处分段。',
  ],
  [
    'Write the words of the recording directly after the tag, without an empty line between them.',
    '请在标签之后直接写录音的文字，中间不留空行。',
  ],
  ['This line uses a recording, so it has no other take.', '这一行使用录音，因此没有其他录音可选。'],
  ['No spoken line follows this tag.', '这个标签之后没有要朗读的文字。'],
  [
    'Remove [take …], or remove [audio: …] to have the line spoken.',
    '请删除 [take …]；若要朗读这一行，请删除 [audio: …]。',
  ],
  [
    'Write the words after the tag, in the same paragraph; in a heading "# [take 2] …".',
    '请在标签之后的同一段中写文字；标题写成“# [take 2] …”。',
  ],
  ['This bracket opens a tag that is not closed on the same line.', '这个括号开始了一个标签，但同一行中没有关闭。'],
  [
    'Write [name] with a name from the manifest, or \\[ for a plain bracket.',
    '请写 [名字]，名字须在清单中；普通括号写成 \\[。',
  ],
  ['There is no character called "«name»".', '没有名为“«name»”的角色。'],
  ['For a plain bracket, write \\[.', '普通括号请写成 \\[。'],
  [
    'The speaker of this line is uncertain‹others›; the narrator reads it.',
    '这一行的说话人不确定‹others›；由旁白朗读。',
  ],
  ["Write the character's name in the brackets, or remove them.", '请在方括号中写角色名，或删除方括号。'],
  ['This tag is inside a paragraph and would be read aloud.', '这个标签在段落中间，会被读出来。'],
  ['Put an empty line before it, or write \\[ for a plain bracket.', '请在它之前空一行；普通括号写成 \\[。'],
  [
    'From here on, words in brackets are too many to be compared with the names of all characters.',
    '从此处起，括号中的词过多，不再与所有角色名比对。',
  ],
  [
    'Check that no tag with a mistyped name is inside a paragraph; the narrator would read it aloud.',
    '请确认段落中没有名字写错的标签；旁白会把它读出来。',
  ],
  ['This code block is not read aloud.', '这个代码块不会朗读。'],
  ['Remove it, or write the text that listeners should hear.', '请删除，或写出听众应听到的文字。'],
  ['This image is not read aloud.', '这张图片不会朗读。'],
  ['Remove it, or describe it in a sentence.', '请删除，或用一句话描述。'],
  ['This text has more than «n» lines of speech.', '文本的朗读行超过 «n» 行。'],
  [
    'This text has no tag, and there is no character "narrator" to read it.',
    '这段文字没有标签，也没有角色“narrator”来朗读。',
  ],
  ['Perhaps "«name»" should be "narrator".', '“«name»”也许应为“narrator”。'],
  [
    'Add a character "narrator" to the manifest, or begin the paragraph with [name].',
    '请在清单中添加角色“narrator”，或让段落以 [名字] 开头。',
  ],
  ['No text follows this tag in its paragraph.', '这个标签所在的段落中没有文字。'],
  [
    'Write the text directly after the tag, without an empty line between them.',
    '请在标签之后直接写文字，中间不留空行。',
  ],
  ['This paragraph has no letter or digit; it is left out.', '这个段落没有文字或数字，已略去。'],
  ['Remove it, or write *** for a scene break.', '请删除；场景分隔请写 ***。'],
  ['There is a control character (U+«code») here‹others›.', '此处有控制字符（U+«code»）‹others›。'],
  ['Delete it.', '请删除。'],
  ['This character is incomplete‹others›.', '这个字符不完整‹others›。'],
  ['Type the character again.', '请重新输入这个字符。'],
  ['More than «n» symbols in a row contain no letter or digit‹others›.', '连续 «n» 多个符号中没有文字或数字‹others›。'],
  ['Shorten the run; it cannot be spoken.', '请缩短；它无法朗读。'],
  [
    'Here a character was lost when the text was decoded (U+FFFD)‹others›.',
    '解码时，此处丢失了一个字符（U+FFFD）‹others›。',
  ],
  ['An engine reads it as it likes.', '语音引擎会怎样读无法确定。'],
  [
    'Type the character that belongs here, or convert the original file again in the right encoding.',
    '请输入此处原有的字符，或用正确的编码重新转换原文件。',
  ],
  ['‹what› “«quote»” would be sent to be spoken‹others›.', '‹what›“«quote»”会被送去朗读‹others›。'],
  [
    'To have it spoken, write the words with "say" in the review file, or add it to "pronunciations:".',
    '若要朗读，请在审阅文件中用“say”写出文字，或加入“pronunciations:”。',
  ],
  [
    'Remove it, or write a direction ([name: laughing]) or a pause ([pause 1s]).',
    '请删除，或写成朗读提示（[名字: 大笑]）或停顿（[pause 1s]）。',
  ],
  [
    'To have it spoken, write \\[ for its bracket, or the words with "say" in the review file.',
    '若要朗读，请把括号写成 \\[，或在审阅文件中用“say”写出文字。',
  ],
  [
    'Remove it, or write a pause ([pause 1s]) or a direction ([name: softly]).',
    '请删除，或写成停顿（[pause 1s]）或朗读提示（[名字: 轻声]）。',
  ],
  [
    'Remove the signs around the words, or write a direction ([name: firmly]).',
    '请删除文字两边的符号，或写成朗读提示（[名字: 坚定]）。',
  ],
  ['In a .md file, they are not spoken.', '在 .md 文件中，这些符号不会朗读。'],
  ['Remove it; write the note as a paragraph if it should be heard.', '请删除；如果注释应当听到，请写成段落。'],
  ['Remove it, or write it in words.', '请删除，或用文字写出。'],
  ['In a .md file, Markdown is not spoken.', '在 .md 文件中，Markdown 标记不会朗读。'],
];
