/** What there is to know about a line at a glance: in words, with an icon; color only repeats it. */
import type { Line } from '../../shapes.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { checkTitle, t } from '../words/words.ts';

/** The badges of a line. */
export function Status({ line, handled = false }: { line: Line; handled?: boolean }) {
  const doubt = line.doubts[0];
  return (
    <span class="badges">
      {line.heard && <HeardMark />}
      {line.verdict === 'doubtful' && !line.approved && (
        <Badge look="warn" icon="warning">
          {doubt === undefined ? t('doubtful') : checkTitle(doubt.check)}
          {line.doubts.length > 1 && ` +${line.doubts.length - 1}`}
        </Badge>
      )}
      {line.verdict === 'parked' && (
        <Badge look="bad" icon="refused">
          {t('parked')}
        </Badge>
      )}
      {line.editedNotSpoken ? (
        <Badge look="info" icon="edit">
          {t('editedNotSpoken')}
        </Badge>
      ) : (
        line.verdict === 'none' && (
          <Badge look="plain" icon="empty">
            {t('notSpoken')}
          </Badge>
        )
      )}
      {line.pickup && (
        <Badge look="plain" icon="microphone">
          {t('pickup')}
        </Badge>
      )}
      {!line.pickup && line.chosen > 1 && <Badge look="plain">{t('takeNumber', { n: line.chosen })}</Badge>}
      {(line.comments?.length ?? 0) > 0 && (
        <Badge look="plain" icon="comment">
          {t('comments', { n: line.comments!.length })}
        </Badge>
      )}
      {line.approved ? (
        <Badge look="good" icon="check">
          {t('approved')}
        </Badge>
      ) : (
        handled && (
          <Badge look="good" icon="check">
            {t('handled')}
          </Badge>
        )
      )}
    </span>
  );
}

/** A quiet mark: somebody has heard the line as it is now. */
function HeardMark() {
  return (
    <span class="heard-mark" title={t('heardLine')}>
      <Icon name="heard" />
      <span class="visually-hidden">{t('heardLine')}</span>
    </span>
  );
}

interface BadgeProps {
  look: 'warn' | 'bad' | 'info' | 'good' | 'plain';
  icon?: IconName;
  children: preact.ComponentChildren;
}

/** A small label. */
export function Badge({ look, icon, children }: BadgeProps) {
  return (
    <span class={`badge ${look}`}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </span>
  );
}
