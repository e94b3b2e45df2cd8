/** What the page tells, read aloud as it comes: answers politely, problems at once. */
import { dismiss, type Notice, notices } from '../state/notices.ts';
import { t } from '../words/words.ts';
import { Button, IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

/** All notices. */
export function Notices() {
  const all = notices.value;
  return (
    <div class="notices">
      <div role="alert">{all.filter(({ kind }) => kind === 'problem').map(shown)}</div>
      <div role="status">{all.filter(({ kind }) => kind === 'done').map(shown)}</div>
    </div>
  );
}

function shown({ id, kind, title, detail, action }: Notice) {
  return (
    <div key={id} class={`notice ${kind}`}>
      <Icon name={kind === 'done' ? 'check' : 'warning'} />
      <div class="notice-text">
        <strong>{title}</strong>
        {detail && <p>{detail}</p>}
        {action && (
          <Button
            onPress={() => {
              dismiss(id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
      </div>
      <IconButton icon="close" name={t('dismiss')} onPress={() => dismiss(id)} />
    </div>
  );
}
