/**
 * Every setting that the program reads from the environment: for `--help` and docs/reference/settings.md. The files beside
 * this one read them; a test compares both.
 */

/** A setting. */
export interface Setting {
  name: string;
  /** What it is for, as a phrase without a full stop. */
  meaning: string;
  /** What holds when it is not set; absent: nothing, or it is off. */
  preset?: string;
  /** The document that says more, from the root of the repository. */
  see?: string;
  /** `pipeline --help` lists it. */
  inHelp?: true;
}

/** The settings, by what they are about. */
export const SETTINGS: Readonly<Record<string, readonly Setting[]>> = {
  'The service': [
    { name: 'DASHSCOPE_API_KEY', meaning: "the service's API key; never printed, never stored", inHelp: true },
    {
      name: 'DASHSCOPE_API_KEY_FILE_PATH',
      meaning: 'file that contains the key; read if DASHSCOPE_API_KEY is not set',
      inHelp: true,
    },
    {
      name: 'DASHSCOPE_HTTP_BASE_URL',
      meaning: 'HTTP API; another region, or a simulator',
      preset: 'https://dashscope.aliyuncs.com/api/v1',
      inHelp: true,
    },
    {
      name: 'DASHSCOPE_REALTIME_URL',
      meaning: 'WebSocket API of the realtime models',
      preset: 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime',
      inHelp: true,
    },
    {
      name: 'DASHSCOPE_INFERENCE_URL',
      meaning: 'WebSocket API of Qwen-Audio-TTS and CosyVoice',
      preset: 'beside DASHSCOPE_REALTIME_URL, or the host of the workspace',
      see: 'docs/reference/engines.md',
    },
    {
      name: 'DASHSCOPE_REGION',
      meaning: 'region of the addresses: cn-beijing or ap-southeast-1',
      preset: 'cn-beijing',
    },
    { name: 'DASHSCOPE_WORKSPACE_ID', meaning: 'workspace whose host is called, such as ws-1a2b3c' },
    {
      name: 'PIPELINE_TEMPORARY_KEY_SECONDS',
      meaning: 'send temporary keys with this lifetime, 10 to 1800, instead of the key',
      inHelp: true,
    },
  ],
  'Your own server': [
    {
      name: 'PIPELINE_SPEECH_URL',
      meaning: 'your own server, for books with "engine: openai-speech", such as http://gpu:8000/v1',
      see: 'docs/reference/engines.md',
      inHelp: true,
    },
    { name: 'PIPELINE_SPEECH_KEY', meaning: 'its key, if it requires one; never printed, never stored', inHelp: true },
    {
      name: 'PIPELINE_SPEECH_PROFILE',
      meaning: 'fields that the server understands: vllm-omni, openai-strict or crispasr',
      preset: 'vllm-omni',
    },
    {
      name: 'PIPELINE_SPEECH_SESSIONS',
      meaning: 'calls to it at once, as --sessions; most servers speak one text at a time',
      preset: '1',
    },
    {
      name: 'PIPELINE_SPEECH_UNPROVEN',
      meaning: '1: accept a server although nothing proves that it uses the sample',
    },
    {
      name: 'PIPELINE_SPEECH_CONSENT',
      meaning: 'for CrispASR: the consent of the speaker, without which it clones no recording',
    },
    {
      name: 'PIPELINE_SPEECH_MARKING',
      meaning: 'for CrispASR: how listeners learn that the voice is artificial; it then adds no spoken notice',
    },
  ],
  'The recogniser': [
    {
      name: 'PIPELINE_HEARING_MODEL',
      meaning: 'model that hears the words of takes',
      preset: "the service's; whisper-1 with PIPELINE_HEARING_URL",
      see: 'docs/explanation/quality.md',
    },
    {
      name: 'PIPELINE_HEARING_URL',
      meaning: 'your own recogniser: a whisper server, CrispASR, OpenAI',
      preset: 'the service hears',
      see: 'docs/explanation/quality.md',
    },
    { name: 'PIPELINE_HEARING_KEY', meaning: 'its key, if it requires one; never printed, never stored' },
  ],
  'Voices and money': [
    {
      name: 'PIPELINE_FREE_VOICES_AFTER_DAYS',
      meaning: 'if the account has no room for a voice, delete one of ours unused for this long',
      preset: 'never',
      see: 'docs/how-to/voices.md',
      inHelp: true,
    },
    {
      name: 'PIPELINE_REQUIRE_CONSENT',
      meaning: '1: clone no voice without "consent:" in the manifest',
      inHelp: true,
    },
    {
      name: 'PIPELINE_PRICES',
      meaning: 'YAML file with your own prices',
      preset: '~/.config/narration-pipeline/prices.yaml',
      see: 'docs/how-to/money.md',
      inHelp: true,
    },
  ],
  'Speed and limits': [
    {
      name: 'PIPELINE_SESSIONS',
      meaning: 'sessions of one process, as --sessions; also those of the account until `pipeline limits` sets them',
      preset: '8',
    },
    {
      name: 'PIPELINE_CALLS_PER_MINUTE',
      meaning: 'calls a minute, if your account has another limit',
      preset: 'by model',
    },
    {
      name: 'PIPELINE_TOKENS_PER_MINUTE',
      meaning: 'tokens a minute of each model, for all engines of the service',
      preset: 'by model, if it has a limit',
    },
    {
      name: 'PIPELINE_STALL_SECONDS',
      meaning: 'longest silence of the service while speech is due; then the segment is spoken again',
      preset: '30',
    },
  ],
  'Machines, store and files': [
    {
      name: 'REDIS_URL',
      meaning: 'queue shared by several machines: redis://, rediss:// or the path of a socket',
      preset: 'each run has its own queue',
      see: 'docs/how-to/operations.md',
      inHelp: true,
    },
    {
      name: 'AWS_REGION',
      meaning: 'region of an S3 bucket; the credentials are found as by every AWS tool (AWS_PROFILE, …)',
      preset: "the AWS configuration's; us-east-1 with another server",
      see: 'docs/reference/store.md',
      inHelp: true,
    },
    { name: 'AWS_DEFAULT_REGION', meaning: 'the same, if AWS_REGION is not set' },
    { name: 'AWS_ENDPOINT_URL', meaning: "S3 server, if it is not Amazon's", inHelp: true },
    { name: 'AWS_ENDPOINT_URL_S3', meaning: 'the same for S3 alone; it takes precedence' },
    {
      name: 'PIPELINE_S3_PATH_STYLE',
      meaning: '1: server/bucket/name; 0: bucket.server/name',
      preset: '0 for Amazon and Alibaba Cloud, otherwise 1',
    },
    {
      name: 'PIPELINE_STORE',
      meaning: 'folder or s3://bucket/prefix of the store; `--store` takes precedence',
      preset: '.pipeline in the working folder',
      inHelp: true,
    },
    {
      name: 'PIPELINE_OUT',
      meaning:
        'folder or s3://bucket/prefix for finished books; `--out` takes precedence. A watched folder has its own',
      preset: 'out in the working folder',
      inHelp: true,
    },
    {
      name: 'PIPELINE_WORK_DIR',
      meaning: 'folder of this machine for unfinished files',
      preset: 'in the store; with a store on S3 below XDG_CACHE_HOME',
    },
    {
      name: 'FFMPEG_PATH',
      meaning: 'ffmpeg to use',
      preset: 'the one on PATH, or the bundled one',
      inHelp: true,
    },
    { name: 'PATH', meaning: 'where ffmpeg and other programs are searched' },
    {
      name: 'XDG_CACHE_HOME',
      meaning:
        'cache: the seed of the embedded queue, 14 MB, compiled code, 2 to 5 MB for each command, and local copies of S3; you may delete it while nothing runs',
      preset: '~/.cache',
    },
    {
      name: 'PIPELINE_SIMULATOR_CACHE',
      meaning: 'folder where the simulator keeps the sound of texts for other processes',
      see: 'docs/reference/simulator.md',
    },
    { name: 'XDG_CONFIG_HOME', meaning: 'where narration-pipeline/prices.yaml is searched', preset: '~/.config' },
  ],
  'Notifications and HTTP servers': [
    {
      name: 'PIPELINE_WEBHOOK_URL',
      meaning: 'webhook URLs for watch, separated by spaces, if --webhook is not given',
      see: 'docs/how-to/notifications.md',
      inHelp: true,
    },
    {
      name: 'PIPELINE_WEBHOOK_SECRET',
      meaning:
        'secret that signs the webhooks: 24 to 64 bytes in base64; several, separated by commas, while you change it',
      inHelp: true,
    },
    { name: 'PIPELINE_WEBHOOK_SECRET_FILE', meaning: 'file that contains it' },
    {
      name: 'PIPELINE_NOTIFY_URL',
      meaning:
        'addresses of people (Slack, ntfy, a mail gateway), separated by spaces, for books that fail or need an approval',
      see: 'docs/how-to/notifications.md',
      inHelp: true,
    },
    { name: 'PIPELINE_NOTIFY_FORMAT', meaning: 'how the message is written: slack, ntfy or json', preset: 'json' },
    {
      name: 'PIPELINE_NOTIFY_BODY',
      meaning: 'a message of your own, with {title}, {state}, {reason}, {what to do} and {link}',
    },
    {
      name: 'PIPELINE_NOTIFY_CONTENT_TYPE',
      meaning: 'its content type; values are escaped for JSON, forms, HTML or plain text',
      preset: 'text/plain; charset=utf-8',
    },
    {
      name: 'PIPELINE_NOTIFY_AUTHORIZATION',
      meaning: 'header Authorization of the messages, such as "Bearer TOKEN"; never printed',
    },
    { name: 'PIPELINE_NOTIFY_TOKEN_FILE', meaning: 'file that contains the token of such a header' },
    {
      name: 'PIPELINE_NOTIFY_LINK',
      meaning: 'what {link} is, with {path} and {title}, such as https://files.example.com/{path}',
      preset: 'the path of the book',
    },
    {
      name: 'PIPELINE_API_TOKEN',
      meaning: 'token that clients of the HTTP servers must send: 16 characters or more, no spaces',
      inHelp: true,
    },
    { name: 'PIPELINE_API_TOKEN_FILE', meaning: 'file that contains it' },
  ],
  'Log, traces and screen': [
    {
      name: 'PIPELINE_LOG_LEVEL',
      meaning: "least level of a worker's log: debug, info, warn or error; only debug contains words of the book",
      preset: 'info',
      see: 'docs/how-to/operations.md',
    },
    {
      name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      meaning: 'where traces are sent (OpenTelemetry); its other OTEL_ variables are respected too',
      preset: 'no traces',
      see: 'docs/how-to/operations.md',
    },
    { name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', meaning: 'the same for traces alone' },
    { name: 'OTEL_SDK_DISABLED', meaning: 'true: no traces' },
    { name: 'NO_COLOR', meaning: 'print no colors', inHelp: true },
    { name: 'TERM', meaning: 'dumb: a terminal that cannot rewrite a line; progress is printed line by line' },
    { name: 'DISPLAY', meaning: 'on Linux: there is a desktop, where `pipeline review` opens a browser' },
    { name: 'WAYLAND_DISPLAY', meaning: 'the same' },
    { name: 'SSH_CONNECTION', meaning: 'set by SSH: no browser is opened' },
    { name: 'CI', meaning: 'set by build servers: no browser is opened' },
  ],
};

/** The settings in one list. */
export const ALL_SETTINGS: readonly Setting[] = Object.values(SETTINGS).flat();
