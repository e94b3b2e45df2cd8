/** Rules on a finished file in Chinese. Records of masters have them as English text only, so they are read from that text. Pure. */
import { filled, patternOf, type Sentence, valuesIn } from '../../manifest/diagnostics/chinese/sentence.ts';

/** Names of the rules; a rule without an entry keeps its own name. */
export const CHINESE_RULES: Readonly<Record<string, string>> = {
  rmsDbfs: '电平（RMS）',
  loudnessLufs: '响度',
  samplePeakDbfs: '峰值',
  truePeakDbtp: '真峰值',
  clippedRuns: '削波',
  noiseFloorDbfs: '本底噪声',
  pauseNoiseDbfs: '停顿处的噪声',
  headSilenceSeconds: '开头的静音',
  tailSilenceSeconds: '结尾的静音',
  durationSeconds: '时长',
  mp3BitRateKbps: '比特率',
  mp3BitRateSpreadKbps: '比特率波动',
  mp3SampleRateHz: '采样率',
  sampleRate: '采样率',
  whole: '完整',
  fileType: '文件类型',
  oneStream: '单一文件',
  readable: '可读取',
  chapterMarks: '章节标记',
};

/** What a rule measures, requires and advises. The more exact one of two is first. */
export const CHINESE_RULE_TEXTS: readonly Sentence[] = [
  ['digital silence', '数字静音'],
  ['unknown', '未知'],
  ['complete', '完整'],
  ['not truncated, no broken frames', '没有截断，没有损坏的帧'],
  ['in order, at silence, up to the end', '顺序正确，位于静音处，直到结尾'],
  ['«n» in place', '«n» 个，位置正确'],
  ['the audio before the first mark belongs to no chapter', '第一个标记之前的音频不属于任何章'],
  ['mark «n» is after the end of the file', '第 «n» 个标记在文件结尾之后'],
  ['mark «n» has no length', '第 «n» 个标记没有长度'],
  ['mark «n» overlaps the next', '第 «n» 个标记与下一个重叠'],
  ['mark «n» is in the middle of speech', '第 «n» 个标记在说话中间'],
  ['the last mark does not end with the file', '最后一个标记没有随文件结束'],
  ['cut off: «n» bytes of audio are missing', '被截断：缺少 «n» 字节音频'],
  ['cut off: «n» of «all» frames are present', '被截断：只有 «all» 帧中的 «n» 帧'],
  ['cut off in the middle of a frame', '在一帧中间被截断'],
  ['cut off: the page that ends its sound is missing', '被截断：缺少结束音频的页'],
  ['cut off: it claims «n» s and has «less» s', '被截断：声称有 «n» 秒，实有 «less» 秒'],
  ['broken: «why»', '损坏：«why»'],
  ['«kind», as its name says', '«kind»，与文件名一致'],
  ['one «kind» and nothing else', '只含一个 «kind»'],
  ['a second «kind» is appended', '后面附加了第二个 «kind»'],
  ['«n» bytes after its end that are no sound', '文件结尾之后有 «n» 字节不是声音'],
  ['«n» bytes before the first frame that are no sound', '第一帧之前有 «n» 字节不是声音'],
  ['«n» bytes between frames that are no sound', '帧之间有 «n» 字节不是声音'],
  ['a sound file', '音频文件'],
  ['an empty file', '空文件'],
  ['any «unit»', '任意'],
  ['at most «n» places', '最多 «n» 处'],
  ['at least «n» places', '至少 «n» 处'],
  ['at most «n» s', '最多 «n» 秒'],
  ['at least «n» s', '至少 «n» 秒'],
  ['at most «n»', '最多 «n»'],
  ['at least «n»', '至少 «n»'],
  ['«n» places', '«n» 处'],
  ['«n» s', '«n» 秒'],
  ['The file is silent: export it again.', '文件没有声音：请重新导出。'],
  ['Raise the level by «n» dB, or a little more.', '请把电平提高 «n» dB，或再多一点。'],
  ['Lower the level by «n» dB, or a little more.', '请把电平降低 «n» dB，或再多一点。'],
  [
    'Put a true-peak limiter with a ceiling of «n» dB at the end of the chain (the peak is «over» dB over).',
    '请在处理链末端加一个上限为 «n» dB 的真峰值限制器（峰值超出 «over» dB）。',
  ],
  [
    'Reduce the noise of the recording (a quieter room, gentle noise reduction), then set the level again.',
    '请减小录音的噪声（更安静的房间、轻度降噪），然后重新调整电平。',
  ],
  [
    'Remove the constant (DC) offset of the recording: at «n» dBFS it counts as noise.',
    '去除录音的直流偏移：它为 «n» dBFS，算作噪声。',
  ],
  [
    'The audio is distorted there: export it again from a source without clipping. Lowering the level does not remove the distortion.',
    '该处音频失真：请从没有削波的素材重新导出。降低电平不能消除失真。',
  ],
  ['Add «n» s of room tone before the first word.', '请在第一个词之前加 «n» 秒房间底噪。'],
  ['Add «n» s of room tone after the last word.', '请在最后一个词之后加 «n» 秒房间底噪。'],
  ['Cut «n» s from the start.', '请从开头剪掉 «n» 秒。'],
  ['Cut «n» s from the end.', '请从结尾剪掉 «n» 秒。'],
  ['Split it at a scene into «n» files.', '请在场景处分成 «n» 个文件。'],
  [
    'Join it with the next chapter. A retail sample needs a longer chapter, or an earlier start.',
    '请与下一章合并。试听片段需要更长的章，或更早的起点。',
  ],
  ['Encode it again from the original at a constant «n» kb/s.', '请从原始素材以 «n» kb/s 的恒定比特率重新编码。'],
  [
    'Encode it again from the original with a constant bit rate (CBR), not VBR or ABR.',
    '请从原始素材以恒定比特率（CBR）重新编码，不要用 VBR 或 ABR。',
  ],
  ['Export it again at «n» Hz.', '请以 «n» Hz 重新导出。'],
  ['Compute the marks from the actual chapter lengths and write them again.', '请按各章的实际长度计算标记并重新写入。'],
  ['Copy or export it again, and compare its size with the original.', '请重新复制或导出，并与原文件比较大小。'],
  ['Copy or export it again.', '请重新复制或导出。'],
  [
    'If it is no sound file, leave it out. Otherwise export it again; if it plays elsewhere, report a bug with its format.',
    '如果不是音频文件，请不要放入。否则请重新导出；如果在别处能播放，请附上格式报告问题。',
  ],
  [
    'Encode it as «kind» from the original. Another name does not change what is in the file.',
    '请从原始素材编码为 «kind»。改名不会改变文件的内容。',
  ],
  [
    'Join the sound in an editor and encode it once. Files that are only appended show a wrong length and jump.',
    '请在音频编辑器中拼接后一次编码。直接拼接的文件会显示错误的时长，播放时会跳跃。',
  ],
  [
    'Export it again; something wrote into the file after it was encoded.',
    '请重新导出；文件在编码之后又被写入了内容。',
  ],
];

const PREPARED = CHINESE_RULE_TEXTS.map(patternOf);

/** A text of a rule in Chinese; unchanged when it has figures and units alone, or is of another version of the program. */
export function ruleTextInChinese(english: string): string {
  for (const pattern of PREPARED) {
    const values = valuesIn(english, pattern);
    if (values !== undefined) return filled(pattern.chinese, values);
  }
  return english;
}
