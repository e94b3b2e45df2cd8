/** What can be done with a line: a row of buttons, and the form of the one that is open. */
import type { Line } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import type { IconName } from '../parts/icon.tsx';
import { putBack } from '../state/decide.ts';
import { openTool, setTool, type Tool } from '../state/open.ts';
import { book } from '../state/studio.ts';
import { CommentTool } from '../tools/comment.tsx';
import { DirectionTool, PauseTool, SpeakerTool } from '../tools/decisions.tsx';
import { EditWords } from '../tools/edit-words.tsx';
import { RecordingTool } from '../tools/recording.tsx';
import { Respell } from '../tools/respell.tsx';
import { SpeakAgain } from '../tools/speak-again.tsx';
import { type TextName, t } from '../words/words.ts';

const LOOKS: Readonly<Record<Tool, { icon: IconName; name: TextName; keyName?: string }>> = {
  again: { icon: 'again', name: 'speakAgain', keyName: 'R' },
  words: { icon: 'edit', name: 'editWords', keyName: 'E' },
  say: { icon: 'say', name: 'respell', keyName: 'S' },
  pause: { icon: 'silence', name: 'pauseTool' },
  direction: { icon: 'direction', name: 'direction' },
  speaker: { icon: 'person', name: 'speaker' },
  recording: { icon: 'microphone', name: 'recording' },
  comment: { icon: 'comment', name: 'comment', keyName: 'C' },
};
const FORMS: Readonly<Record<Tool, (props: { line: Line }) => preact.ComponentChildren>> = {
  again: SpeakAgain,
  words: EditWords,
  say: Respell,
  pause: PauseTool,
  direction: DirectionTool,
  speaker: SpeakerTool,
  recording: RecordingTool,
  comment: CommentTool,
};

/** Whether a tool is of use for a line. */
export function hasTool(line: Line, tool: Tool): boolean {
  if (tool === 'words') return line.file !== undefined;
  if (tool === 'direction') return book.value?.takesDirections === true && !line.pickup;
  if (tool === 'again' || tool === 'say') return !line.pickup;
  return true;
}

/** The tools. */
export function Tools({ line }: { line: Line }) {
  const tools = (Object.keys(LOOKS) as Tool[]).filter((tool) => hasTool(line, tool));
  const open = openTool.value !== undefined && tools.includes(openTool.value) ? openTool.value : undefined;
  const Form = open === undefined ? undefined : FORMS[open];
  const isDecided = Object.values(line.decision ?? {}).some((value) => value !== undefined);
  return (
    <div class="tools">
      <div class="tool-bar" role="toolbar" aria-label={t('tools')}>
        {tools.map((tool) => {
          const { icon, name, keyName } = LOOKS[tool];
          return (
            <Button
              key={tool}
              icon={icon}
              expanded={open === tool}
              {...(keyName !== undefined && { keyName })}
              onPress={() => setTool(open === tool ? undefined : tool)}
            >
              {t(name)}
            </Button>
          );
        })}
        {isDecided && (
          <Button icon="back" keyName="B" title={t('putBackHint')} onPress={() => void putBack(line)}>
            {t('putBack')}
          </Button>
        )}
      </div>
      {Form && (
        <div class="tool-form" key={open} ref={showWhole}>
          <Form key={line.id} line={line} />
        </div>
      )}
    </div>
  );
}

/** A form that has just been opened is of no use below the edge of the view. */
function showWhole(form: HTMLElement | null): void {
  form?.scrollIntoView({ block: 'nearest' });
  form?.querySelector<HTMLElement>('textarea, select, input[type=text], input[type=number]')?.focus();
}
