import type { Sentence } from './sentence.ts';

/** About an archive that was dropped, a model that ends, and recordings to clone from. */
export const WATCH_SENTENCES: readonly Sentence[] = [
  ['The archive is gone.', '压缩包已不存在。'],
  ['Drop it again.', '请重新放入。'],
  ['Create the archive again and drop it again.', '请重新制作压缩包并放入。'],
  ['This ZIP archive is incomplete: its end is missing.', 'ZIP 压缩包不完整：缺少结尾。'],
  ['This archive is damaged.', '压缩包已损坏。'],
  ['The list of files in this archive is damaged.', '压缩包的文件列表已损坏。'],
  ['"«name»" is protected by a password.', '“«name»”有密码保护。'],
  ['Create the archive without a password.', '请制作没有密码的压缩包。'],
  ['"«name»" would be written outside the archive\'s own folder.', '“«name»”会写到压缩包自己的文件夹之外。'],
  ['Create the archive from plain files in one folder.', '请用同一文件夹中的普通文件制作压缩包。'],
  ['"«name»" uses an unsupported compression method.', '“«name»”的压缩方式不受支持。'],
  ['Create a plain ZIP archive.', '请制作普通的 ZIP 压缩包。'],
  ['This archive contains another archive instead of a book.', '压缩包中是另一个压缩包，而不是书。'],
  ['There is no manifest in this archive.', '压缩包中没有清单。'],
  [
    'Put the manifest (a .yaml file), its texts and its samples into one ZIP archive.',
    '请把清单（.yaml 文件）、文字和样本放进同一个 ZIP 压缩包。',
  ],
  ['There are several manifests in this archive: "«name»" and "«other»".', '压缩包中有多个清单：“«name»”和“«other»”。'],
  ['Create one archive for each book.', '请为每本书制作一个压缩包。'],
  ['This archive contains more than any book needs.', '压缩包的内容超过任何书的需要。'],
  [
    'Use at most «n» files of at most «most» MB each, or drop a folder instead of an archive.',
    '请最多使用 «n» 个文件，每个不超过 «most» MB；或放入文件夹，而不是压缩包。',
  ],
  ['"«name»" in this archive is damaged.', '压缩包中的“«name»”已损坏。'],
  ['"«name»" is in this archive both as a file and as a folder.', '压缩包中的“«name»”既是文件，又是文件夹。'],
  ['Rename one of the two and create the archive again.', '请将其中一个改名，并重新制作压缩包。'],
  ['The name "«name»" is in this archive twice.', '压缩包中有两个“«name»”。'],
  ['Create the archive again and include each file once.', '请重新制作压缩包，每个文件只放一次。'],
  ['The manifest names «names», which is not in the archive.', '清单中的 «names» 不在压缩包中。'],
  ['Create the archive again and include every file.', '请重新制作压缩包，并放入所有文件。'],

  ["By the vendor's announcement, the model «model» ended on «day».", '据供应商公告，模型 «model» 已于 «day» 停用。'],
  ["By the vendor's announcement, the model «model» ends on «day».", '据供应商公告，模型 «model» 将于 «day» 停用。'],
  [
    'The model «model» very likely ended on «day», together with the enrollment that it needs.',
    '模型 «model» 及其所需的声音注册很可能已于 «day» 停用。',
  ],
  [
    'The model «model» very likely ends on «day», together with the enrollment that it needs.',
    '模型 «model» 及其所需的声音注册很可能将于 «day» 停用。',
  ],
  [
    "For cloned voices the vendor's guide names «other» («guide»); the end is from «source».",
    '克隆声音时，供应商的指南建议使用 «other»（«guide»）；停用消息来自 «source»。',
  ],
  // Of earlier versions, in what is stored.
  ['The vendor names «other» instead («source»).', '供应商建议改用 «other»（«source»）。'],
  ['It speaks «names».', '它朗读 «names»。'],
  [
    'To change, run `«command»`: it shows the price and lets you listen first.',
    '若要更换，请运行 `«command»`：会先显示价格，并可试听。',
  ],
  ['Takes of this model are kept.', '此模型的录音会保留。'],

  [
    'The recording of "«name»" cannot be cloned for «model»: ‹reasons›.',
    '“«name»”的录音不能用于克隆 «model» 的声音：‹reasons›。',
  ],
  ['Export the recording as 16-bit mono WAV.', '请把录音导出为 16 位单声道 WAV。'],
  ['Cut it to its best 10 to 20 seconds, or export it as mono.', '请剪出最好的 10 到 20 秒，或导出为单声道。'],
  ['Record 10 to 20 seconds.', '请录制 10 到 20 秒。'],
  ['Cut it to its best 10 to 20 seconds.', '请剪出最好的 10 到 20 秒。'],
  ['It is silent: record it again, or export another track.', '录音没有声音：请重新录制，或导出另一条音轨。'],
  ['Choose a passage without long pauses.', '请选择没有长停顿的段落。'],
  [
    'Export it again from the original recording; resampling this file does not improve it.',
    '请从原始录音重新导出；对此文件重新采样不会改善音质。',
  ],
];

/** What a recording is like, and what is wanted. */
export const RECORDING_PHRASES: readonly Sentence[] = [
  ['readable «why», wanted a sound file', '无法读取：«why»；应为声音文件'],
  ['format «is» with «codec», wanted «wanted»', '格式为 «is»（«codec»）；应为 «wanted»'],
  [
    'size «size» MB, «coded» MB after base64, wanted under «most» MB after base64 («file» MB as a file)',
    '大小为 «size» MB，base64 编码后 «coded» MB；编码后应小于 «most» MB（文件 «file» MB）',
  ],
  [
    'duration «n» s, wanted «least» to «most» s (10 to 20 s is best)',
    '时长 «n» 秒；应为 «least» 到 «most» 秒（10 到 20 秒最好）',
  ],
  ['speech «n» s, wanted «least» s of speech without a break', '说话 «n» 秒；应连续说话 «least» 秒'],
  [
    'speech «n» s, wanted «least» s of speech with pauses of at most 2 s',
    '说话 «n» 秒；应说话 «least» 秒，停顿不超过 2 秒',
  ],
  ['sample rate «n» Hz, wanted at least «least» Hz for «model»', '采样率 «n» Hz；«model» 至少需要 «least» Hz'],
  ['«n» ms of sound with a peak of «peak» dBFS', '声音 «n» 毫秒，峰值 «peak» dBFS'],
  ['«n» ms of sound with digital silence', '«n» 毫秒，全为数字静音'],
  ['«n» ms of sound', '声音只有 «n» 毫秒'],
  ['at most «n» s', '最多 «n» 秒'],
  ['at least «n» s', '至少 «n» 秒'],
  ['«n» s', '«n» 秒'],
];
