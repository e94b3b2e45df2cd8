import type { Sentence } from './sentence.ts';

/** About the files of a book, its voices and its recordings. */
export const BOOK_SENTENCES: readonly Sentence[] = [
  ['The chapter heads have no speaker: there is no narrator.', '章首语没有说话人：没有旁白。'],
  ['Add a character "narrator", or remove "chapterHeads".', '请添加角色“narrator”，或删除“chapterHeads”。'],
  [
    'The text of chapter «list» already begins with its head, so none is added.',
    '第 «list» 章的文字已以章首语开头，不再添加。',
  ],
  [
    'The texts of «n» chapters already begin with their heads, so none is added: chapters «list».',
    '有 «n» 章的文字已以章首语开头，不再添加：第 «list» 章。',
  ],
  [
    'Nothing to do, unless it should be heard in other words: then remove it from the text.',
    '无需处理；若要用其他说法，请从文字中删除。',
  ],
  ['There is no usual chapter head in the language "«language»".', '语言“«language»”没有通常的章首语。'],
  [
    'Write your own, such as "chapterHeads: \'{number}. {title}\'".',
    "请写自己的说法，例如“chapterHeads: '{number}. {title}'”。",
  ],
  ['There are no number words in the language "«language»".', '语言“«language»”没有数字的读法。'],
  ['Write {number} instead.', '请改写成 {number}。'],
  ['The chapters have more than «n» MB of text together.', '各章的文字合计超过 «n» MB。'],
  [
    'The pronunciations make the texts longer by more than «n» million characters.',
    '读音替换使文字增加了超过 «n» 百万个字符。',
  ],
  ['Shorten the entries of words that occur often.', '请缩短常见词的条目。'],
  ['The book has more than «n» segments.', '本书的片段超过 «n» 个。'],
  [
    'Internal error: this text would be spoken twice or not at all.',
    '程序错误：这段文字会被朗读两次，或完全不被朗读。',
  ],
  ['Nothing was sent.', '没有发送任何内容。'],
  [
    'Please report it with this chapter; until it is fixed, rewriting the paragraph may help.',
    '请连同本章一起报告此问题；在修复之前，改写段落可能有效。',
  ],
  ['The chapter "«title»" has nothing to speak.', '“«title»”一章没有可朗读的内容。'],

  ['The consent for "«name»" is dated «day», which is in the future.', '“«name»”的同意日期 «day» 在未来。'],
  ['Write the date on which it was given.', '请写同意的实际日期。'],
  [
    'The consent for "«name»" ends on «until», before it was given on «on».',
    '“«name»”的同意于 «until» 到期，早于同意日期 «on»。',
  ],
  ['Correct one of the two dates.', '请改正其中一个日期。'],
  ['The voice of "«name»" would be cloned without a stated consent.', '“«name»”的声音将被克隆，但没有写明同意。'],
  [
    'Add "consent: {by: the person, on: 2026-03-01, recording: where it is stored}" to the character.',
    '请为该角色添加“consent: {by: 姓名, on: 2026-03-01, recording: 存放位置}”。',
  ],
  [
    'The consent for "«name»" ended on «until», so the voice cannot be cloned.',
    '“«name»”的同意已于 «until» 到期，因此不能克隆声音。',
  ],
  [
    'Ask «by» for a new consent and write its dates, or give "«name»" another voice.',
    '请向 «by» 重新征得同意并写明日期，或为“«name»”换一个声音。',
  ],

  [
    'Use a WAV, MP3, M4A, FLAC or OGG recording itself, not a playlist or a link to one.',
    '请使用 WAV、MP3、M4A、FLAC 或 OGG 录音本身，而不是播放列表或链接。',
  ],
  ['Use a WAV, MP3, M4A, FLAC or OGG recording of the line.', '请使用这一行的 WAV、MP3、M4A、FLAC 或 OGG 录音。'],
  ['‹name› is not a recording.', '‹name›不是录音。'],
  ['‹name› is not a PNG or JPEG image.', '‹name›不是 PNG 或 JPEG 图片。'],
  ['Save the cover as PNG or JPEG.', '请把封面存为 PNG 或 JPEG。'],
  ['The image ‹name› ‹problem›.', '图片‹name›‹problem›。'],
  [
    'Copy the cover again from its source, or save it again as PNG or JPEG.',
    '请从来源重新复制封面，或重新存为 PNG 或 JPEG。',
  ],

  ['The download took longer than «n» s.', '下载超过 «n» 秒。'],
  ['The download failed (‹why›).', '下载失败（‹why›）。'],
  ['The download failed («why»).', '下载失败（«why»）。'],
  [
    'Check the address in a browser, or save the recording next to the manifest.',
    '请在浏览器中检查网址，或把录音保存在清单旁边。',
  ],
  ['The server redirects to an invalid address.', '服务器重定向到无效的网址。'],
  ['The server answered with status «status».', '服务器的回答状态为 «status»。'],
  ['The server redirects more than «n» times.', '服务器重定向超过 «n» 次。'],
  ['The address, or a redirect from it, is not https.', '网址或其重定向不是 https。'],
  ['The address contains a user name or password.', '网址中含有用户名或密码。'],
  ['The host «host» is not on the public internet.', '主机 «host» 不在公共互联网上。'],
  ['The recording is larger than «n» MB.', '录音大于 «n» MB。'],

  ['"«path»" leads out of the manifest\'s folder.', '“«path»”指向清单所在文件夹之外。'],
  ["Put the file itself, not a link, into the manifest's folder.", '请把文件本身而不是链接放到清单所在的文件夹。'],
  ['"«path»" is ‹what›, not a file.', '“«path»”是‹what›，不是文件。'],
  ['Write the path of a file.', '请写文件的路径。'],
  ['"«path»" has «size» MB; the maximum is «most» MB.', '“«path»”有 «size» MB，最大 «most» MB。'],
  ['Use a smaller file.', '请使用较小的文件。'],
  [
    'Divide it into several chapters; `pipeline import` does so with a whole book.',
    '请分成几章；`pipeline import` 可以为整本书这样做。',
  ],
  [
    'These quotation marks are part of the path: write "«path»", in plain ones or in none.',
    '这些引号成了路径的一部分：请写 "«path»"，用半角引号或不用引号。',
  ],
  ['There is no file "«path»".', '没有文件“«path»”。'],
  ['You have no permission to read "«path»".', '没有读取“«path»”的权限。'],
  ['Change the permissions of the file.', '请修改文件的权限。'],
  ['"«path»" is a link to itself.', '“«path»”是指向自身的链接。'],
  ['Replace the link with the file.', '请用文件代替链接。'],
  ['"«path»" cannot be a file path.', '“«path»”不能作为文件路径。'],
  ['Write a shorter, plain path.', '请写较短的普通路径。'],
  ['Check the path.', '请检查路径。'],
  ['Check the name, or put the file in the folder.', '请检查名称，或把文件放到该文件夹。'],
  ['There is no folder "«folder»" either; check the path.', '文件夹“«folder»”也不存在；请检查路径。'],

  ['"«name»" never speaks.', '“«name»”从不说话。'],
  ['Remove the character, or check the tags in the texts.', '请删除该角色，或检查文中的标签。'],
  [
    'This is the same recording as that of "«name»"; the two will sound the same.',
    '这与“«name»”的录音相同；两者听起来会一样。',
  ],
  [
    '«n» characters have this recording and will sound the same: «names» and «more» more.',
    '«n» 个角色使用这段录音，听起来会一样：«names»，另有 «more» 个。',
  ],
  [
    '«n» characters have this recording and will sound the same: «names».',
    '«n» 个角色使用这段录音，听起来会一样：«names»。',
  ],
  ['Record another voice, or make one an alias of the other.', '请录制另一个声音，或让其中一个成为另一个的别名。'],
  ['Cut the recording to this one line.', '请把录音剪到只剩这一行。'],

  ['In «language», «classes» cannot be spelled out reliably.', '在 «language» 中，无法可靠地读出 «classes»。'],
  [
    'Remove "spell:", and write these places in words, or add them to "pronunciations:"; `pipeline check` lists them.',
    '请删除“spell:”，并用文字写出这些地方，或加入“pronunciations:”；`pipeline check` 会列出它们。',
  ],
  [
    'Remove it, and write these places in words, or add them to "pronunciations:"; `pipeline check` lists them.',
    '请删除它，并用文字写出这些地方，或加入“pronunciations:”；`pipeline check` 会列出它们。',
  ],
  ['Available: «list».', '可用：«list»。'],
  ['"«word»" is never ‹said›, so this entry has no effect.', '文中没有‹said›“«word»”，因此这一条不起作用。'],
  [
    'Type it again: its accents are characters of their own here (Unicode NFD), and in most texts they are not.',
    '请重新输入这个词：此处的附加符号是单独的字符（Unicode NFD），而多数文本中不是。',
  ],
  [
    'Check how the text spells it; only whole words match, and upper and lower case differ.',
    '请检查文中的写法；只匹配整个词，且区分大小写。',
  ],
  [
    'The retail sample cannot begin with "«from»": these words are not in the chapter "«title»".',
    '试听片段不能从“«from»”开始：“«title»”一章中没有这些文字。',
  ],
  ['Copy a few words of one sentence from the chapter.', '请从该章的一句话中复制几个词。'],
  ['Reading this book takes more than «n» seconds.', '读取本书超过 «n» 秒。'],
  ['Reading this book takes more than «n» MB of memory.', '读取本书超过 «n» MB 内存。'],
  [
    'Divide the book into several manifests, or shorten its longest chapters and its lists of names and words.',
    '请把书分成几个清单，或缩短最长的章以及名字和词的列表。',
  ],

  ['‹path› cannot be decoded.', '‹path›无法解码。'],
  ['‹path› cannot be decoded. «why»', '‹path›无法解码。«why»'],
  ['Export it again as 16-bit WAV.', '请重新导出为 16 位 WAV。'],
  ['‹path› is longer than «n» minutes.', '‹path›超过 «n» 分钟。'],
  ['Cut it into one recording for each paragraph.', '请按段落剪成几段录音。'],
  ['‹path› is silent: ‹measured›.', '‹path›没有声音：‹measured›。'],
  ['Record it again, or export another track.', '请重新录制，或导出另一条音轨。'],
  [
    '‹path› is far too ‹side› for its line: ‹measured›, expected ‹wanted›.',
    '‹path›对这一行来说过‹side›：‹measured›，预期‹wanted›。',
  ],
  ['Check that it is the recording of this line, and trim it.', '请确认这是该行的录音，并剪去多余部分。'],

  ['The recordings of these characters were not judged: «names».', '没有检查这些角色的录音：«names»。'],
  ['No working ffmpeg was found.', '没有找到可用的 ffmpeg。'],
  ['A plan takes only a moment for them.', '制定计划时只用很短的时间检查录音。'],
  [
    'Install ffmpeg or set FFMPEG_PATH; `pipeline doctor` shows where it was looked for.',
    '请安装 ffmpeg 或设置 FFMPEG_PATH；`pipeline doctor` 会显示查找过的位置。',
  ],
  ['To judge them all, run `«command»`.', '若要检查全部录音，请运行 `«command»`。'],
  ['A run does so before it enrolls any.', '运行时会在注册声音之前检查。'],
  [
    'The model «model» does not support directions; those in tags ([name: direction]) have no effect.',
    '模型 «model» 不支持朗读提示；标签中的提示（[名字: 提示]）不起作用。',
  ],
  ['Express it in the text, or keep them for a later model.', '请用文字表达，或留待以后的模型使用。'],
  [
    'The chapter "«title»" will last about «n» minutes; shops accept up to «most».',
    '“«title»”一章约 «n» 分钟；商店最多接受 «most» 分钟。',
  ],
  ['Divide it into several chapters.', '请分成几章。'],
  ['It will be delivered in parts that end at a scene or paragraph.', '交付时会在场景或段落处分成几部分。'],
  ['To choose the places yourself, divide it into several chapters.', '若要自己选择分割处，请分成几章。'],
  [
    'The voice of "«name»" was enrolled for «its»; ‹who› speaks with «model».',
    '“«name»”的声音是为 «its» 注册的；‹who›用 «model» 朗读。',
  ],
  ['A voice only works with its exact model.', '声音只能用于注册时的模型。'],
  [
    'Write "model: «its»" beside it, or name a recording with "sample:" instead.',
    '请在旁边写“model: «its»”，或改用“sample:”指定录音。',
  ],
];
