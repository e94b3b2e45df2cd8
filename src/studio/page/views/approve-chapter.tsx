/** Approving a chapter: not by accident while faults are open. */
import { useState } from 'preact/hooks';
import type { ApproveRequest } from '../../requests.ts';
import type { Chapter } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { signed } from '../state/decide.ts';
import { sendUnsent } from '../state/heard.ts';
import { refreshSoon } from '../state/live.ts';
import { nextUnheard } from '../state/next-unheard.ts';
import { detailOf, tellProblem } from '../state/notices.ts';
import { post, RefusedRequest } from '../state/request.ts';
import { goTo, type Route } from '../state/route.ts';
import { NameField } from '../tools/comment.tsx';
import { t } from '../words/words.ts';

/** The button, and what stands against it. */
export function ApproveChapter({ chapter: { number, approved } }: { chapter: Chapter }) {
  const [refused, setRefused] = useState<Refused | undefined>();
  const approve = async (wanted: boolean, anyway = false): Promise<void> => {
    try {
      // What was heard a moment ago counts.
      await sendUnsent();
      const request: ApproveRequest = { approved: wanted, ...signed(), ...(anyway ? { anyway } : { heard: true }) };
      await post(`/chapters/${number}/approve`, request);
      setRefused(undefined);
      refreshSoon();
    } catch (error) {
      if (error instanceof RefusedRequest && error.problem.open !== undefined && !anyway)
        setRefused({
          detail: detailOf(error.problem),
          open: error.problem.open,
          unheard: error.problem.unheard ?? [],
        });
      else tellProblem(error);
    }
  };
  const goAndClose = (to: Route): void => {
    setRefused(undefined);
    goTo(to);
  };
  return (
    <>
      {approved ? (
        <Button icon="check" title={signature(approved)} onPress={() => void approve(false)}>
          {t('withdrawApproval')}
        </Button>
      ) : (
        <Button icon="check" onPress={() => void approve(true)}>
          {t('approveChapter')}
        </Button>
      )}
      {refused && (
        <Dialog title={t('approveChapter')} onClose={() => setRefused(undefined)}>
          <p>{refused.detail}</p>
          {refused.open.length > 0 && (
            <>
              <p class="hint">{t('openFaults')}</p>
              <Numbers of={refused.open} icon="warning" onGo={(line) => goAndClose({ at: 'suspects', line })} />
            </>
          )}
          {refused.unheard.length > 0 && (
            <>
              <p class="hint">{t('notHeardLines', { n: refused.unheard.length })}</p>
              <Numbers
                of={refused.unheard}
                icon="heard"
                onGo={(line) => goAndClose({ at: 'chapter', chapter: number, line })}
              />
            </>
          )}
          <NameField />
          <div class="buttons">
            <Button
              look="main"
              onPress={() => {
                const [line] = refused.open;
                if (line !== undefined) return goAndClose({ at: 'suspects', line });
                setRefused(undefined);
                void nextUnheard();
              }}
            >
              {t('hearThem')}
            </Button>
            <Button onPress={() => void approve(true, true)}>{t('approveAnyway')}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Why the chapter was not approved at once: numbers of lines. */
interface Refused {
  detail: string;
  open: readonly string[];
  unheard: readonly string[];
}

/** Of a chapter that nobody has heard, the first lines are enough. */
const MOST_NUMBERS = 24;

function Numbers({ of, icon, onGo }: { of: readonly string[]; icon: IconName; onGo: (line: string) => void }) {
  return (
    <ul class="numbers">
      {of.slice(0, MOST_NUMBERS).map((line) => (
        <li key={line}>
          <button type="button" class="button small" onClick={() => onGo(line)}>
            <Icon name={icon} />
            <span>{line}</span>
          </button>
        </li>
      ))}
      {of.length > MOST_NUMBERS && <li class="hint">{t('andMore', { n: of.length - MOST_NUMBERS })}</li>}
    </ul>
  );
}

function signature({ by, on }: { by?: string; on?: string }): string {
  if (by !== undefined) return on === undefined ? t('approvedBy', { by }) : t('approvedByOn', { by, on });
  return on === undefined ? t('approved') : t('approvedOn', { on });
}
