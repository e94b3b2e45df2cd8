/** What a failure of a book's run means, in Chinese; in English its own message says it, with more detail. Pure. */
import type { FailureCode } from '../events.ts';

const ZH: Readonly<Record<FailureCode, string>> = {
  internal: '程序出现意外错误，请告知管理员。',
  'key-missing': '没有 API 密钥。请设置 DASHSCOPE_API_KEY 后重新启动程序。',
  'key-refused': '语音服务拒绝了 API 密钥，它可能属于其他地域。',
  'account-blocked': '账户欠费、未开通，或无权使用该模型。',
  'service-unreachable': '无法连接语音服务。',
  'service-refused': '语音服务拒绝了请求。',
  'service-failed': '语音服务出现故障。',
  throttled: '已达到账户的限额，等待后仍未恢复。',
  'model-unknown': '语音服务不认识该模型。',
  'voice-not-found': '语音服务不认识该声音。',
  'voice-pending': '声音尚未就绪，请稍后重试。',
  'voice-quota-full': '账户无法再容纳新的声音。',
  'sample-refused': '语音服务拒绝了某个角色的声音样本。',
  'text-refused': '语音服务拒绝了这些文字。请修改文字，或重试。',
  'session-lost': '录制时连接中断。',
  'take-incomplete': '语音服务没有录完。',
  'protocol-violation': '语音服务的回答不符合其协议。',
  'ffmpeg-missing': '没有可用的 ffmpeg。请安装 ffmpeg 或设置 FFMPEG_PATH。',
  'ffmpeg-failed': 'ffmpeg 运行失败。',
  'queue-unreachable': '无法连接队列（REDIS_URL）。',
  'store-unwritable': '无法写入存储。',
  'store-unreachable': '无法连接存储。',
  'store-damaged': '存储中有文件损坏或缺失。',
  'disk-full': '磁盘已满。',
  'input-unreadable': '书中有文件无法读取或写入。',
  'port-unavailable': '端口被其他程序占用，或不可使用。',
  'take-missing': '有章节缺少录音，因此没有制作。',
  'worker-died': '执行某一步的进程屡次中断，该步骤已放弃。',
  cancelled: '这本书已被取消。',
  'text-unaccounted': '有文字不在任何录音中，因此没有制作该章。',
  'lock-differs': '将要交付的内容与 book.lock 不同。',
  'lock-unmet': '存储缺少 book.lock 所列的内容。',
  'over-budget': '费用超出预算，没有发送任何内容。',
  interrupted: '工作已中断；已完成的内容都会保留。',
};

/** The failure in Chinese. */
export function failureInChinese(code: FailureCode): string {
  return ZH[code];
}

/** Whether it is a code of a failure that this version knows. */
export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(ZH, code);
}
