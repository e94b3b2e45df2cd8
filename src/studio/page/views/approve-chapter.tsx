/** Approving a chapter: not by accident while faults are open. */
import { useState } from 'preact/hooks';
import type { Chapter } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { signed } from '../state/decide.ts';
import { refreshSoon } from '../state/live.ts';
import { tellProblem } from '../state/notices.ts';
import { post, RefusedRequest } from '../state/request.ts';
import { goTo } from '../state/route.ts';
import { NameField } from '../tools/comment.tsx';
import { t } from '../words/words.ts';

/** The button, and what stands against it. */
export function ApproveChapter({ chapter: { number, approved } }: { chapter: Chapter }) {
  const [refused, setRefused] = useState<{ detail: string; open: readonly string[] } | undefined>();
  const approve = async (wanted: boolean, anyway = false): Promise<void> => {
    try {
      await post(`/chapters/${number}/approve`, { approved: wanted, ...signed(), ...(anyway && { anyway }) });
      setRefused(undefined);
      refreshSoon();
    } catch (error) {
      if (error instanceof RefusedRequest && error.problem.open !== undefined && !anyway)
        setRefused({ detail: error.problem.detail, open: error.problem.open });
      else tellProblem(error);
    }
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
          <p class="hint">{t('openFaults')}</p>
          <ul class="numbers">
            {refused.open.map((line) => (
              <li key={line}>
                <button
                  type="button"
                  class="button small"
                  onClick={() => {
                    setRefused(undefined);
                    goTo({ at: 'suspects', line });
                  }}
                >
                  <Icon name="warning" />
                  <span>{line}</span>
                </button>
              </li>
            ))}
          </ul>
          <NameField />
          <div class="buttons">
            <Button
              look="main"
              onPress={() => {
                setRefused(undefined);
                goTo({ at: 'suspects', ...(refused.open[0] !== undefined && { line: refused.open[0] }) });
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

function signature({ by, on }: { by?: string; on?: string }): string {
  if (by !== undefined) return on === undefined ? t('approvedBy', { by }) : t('approvedByOn', { by, on });
  return on === undefined ? t('approved') : t('approvedOn', { on });
}
