/** The built program for tests of the watched folder: a counting simulator, and watchers whose events are recorded. */
import type { InboxEvent } from '../../src/watch/events.ts';
import type { Rig, Running } from '../cli/rig.ts';

/** A simulator of its own. */
export interface Service {
  /** Settings for a program that should use it. */
  env: Record<string, string>;
  /** How often each text was started. */
  spoken(): Promise<Record<string, number>>;
}

export async function startService(rig: Rig, args: readonly string[] = []): Promise<Service> {
  const simulator = rig.start(['simulate', '--port', '0', '--tones', '--behaviour', 'adoptVoices=true', ...args]);
  const line = await simulator.line('DASHSCOPE_HTTP_BASE_URL=');
  const setting = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(line)?.[1] ?? '';
  const base = setting('DASHSCOPE_HTTP_BASE_URL');
  return {
    env: {
      DASHSCOPE_API_KEY: 'a-key-for-tests',
      DASHSCOPE_HTTP_BASE_URL: base,
      DASHSCOPE_REALTIME_URL: setting('DASHSCOPE_REALTIME_URL'),
    },
    spoken: async () => {
      const answer = await fetch(`${new URL(base).origin}/simulator/spoken`);
      return (await answer.json()) as Record<string, number>;
    },
  };
}

/** A watcher in a process of its own. */
export interface Watching extends Running {
  events: InboxEvent[];
  /** Paths of the books for which the watcher emitted this state. */
  booksIn(state: string): string[];
}

export function startWatching(rig: Rig, args: readonly string[], env: NodeJS.ProcessEnv): Watching {
  const running = rig.start(['watch', ...args, '--json'], env);
  const events: InboxEvent[] = [];
  let rest = '';
  running.child.stdout?.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.push(JSON.parse(line) as InboxEvent);
  });
  const booksIn = (state: string): string[] =>
    events.flatMap((event) => (event.type === 'inbox.state' && event.state === state ? [event.path] : []));
  return { ...running, events, booksIn };
}

/** A manifest of one short chapter for each text, in one format. */
export function chaptersOf(title: string, texts: readonly string[]): string {
  const chapters = texts.map((text, index) => `  - { title: "${index + 1}", text: "${text}" }`);
  return [
    `book: { title: "${title}" }`,
    'characters: { narrator: { voice: qwen-tts-vc-a-voice-20250812105009984-838b } }',
    'output: { formats: [mp3] }',
    'chapters:',
    ...chapters,
    '',
  ].join('\n');
}

/** Resolves when the condition holds; rejects with `what` after two minutes. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 120_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 30));
  }
}
