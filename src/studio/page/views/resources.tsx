/** What works on all books, and with what: workers, limits, voices. */
import { useEffect } from 'preact/hooks';
import { Badge } from '../line/status.tsx';
import { Button } from '../parts/button.tsx';
import { tellFailed } from '../state/notices.ts';
import {
  followResources,
  heardVoice,
  hearVoice,
  type Limit,
  limits,
  type Voice,
  voices,
  type Worker,
  workers,
} from '../state/resources.ts';
import { EN } from '../words/en.ts';
import { language, type TextName, t } from '../words/words.ts';

/** A limit is near from this share on. */
const NEAR = 0.9;

/** The sections below the books. */
export function Resources() {
  useEffect(followResources, []);
  return (
    <div class="resources">
      <Workers />
      <Limits />
      <Voices />
    </div>
  );
}

function Workers() {
  const now = workers.value;
  if (now === undefined) return null;
  return (
    <section>
      <h2 class="section-title">{t('workers')}</h2>
      <div class="card">
        {!now.shared && <p class="hint">{t('oneMachine')}</p>}
        {now.workers.length === 0 && <p>{t('noWorkers')}</p>}
        <ul class="worker-list">
          {now.workers.map((worker) => (
            <li key={worker.worker}>
              <WorkerRow worker={worker} />
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function WorkerRow({ worker: { machine, pid, steps } }: { worker: Worker }) {
  return (
    <>
      <div class="worker-head">
        <strong>{machine}</strong>
        <span class="hint">{t('process', { pid: String(pid) })}</span>
        <Badge look={steps.length > 0 ? 'info' : 'plain'}>
          {steps.length > 0 ? t('stepsUnderWay', { n: steps.length }) : t('idle')}
        </Badge>
      </div>
      {steps.length > 0 && (
        <ul class="steps-under-way">
          {steps.slice(0, 8).map((step) => (
            <li key={`${step.kind} ${step.book} ${step.number ?? step.chapter}`}>
              {stepText(step)}
              <span class="hint">{t('forSeconds', { n: Math.round(step.seconds) })}</span>
            </li>
          ))}
          {steps.length > 8 && <li class="hint">{t('moreFailed', { n: steps.length - 8 })}</li>}
        </ul>
      )}
    </>
  );
}

function stepText({ kind, book, number, chapter }: Worker['steps'][number]): string {
  const name = `step.${kind}`;
  const place = number ?? (chapter === null ? '' : String(chapter));
  return name in EN ? t(name as TextName, { book: book ?? '', place }).trim() : kind;
}

function Limits() {
  const now = limits.value;
  if (now === undefined || now.length === 0) return null;
  return (
    <section>
      <h2 class="section-title">{t('accountLimits')}</h2>
      <ul class="card limit-list">
        {now.map((limit) => (
          <li key={`${limit.limit} ${limit.model}`}>
            <LimitRow of={limit} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function LimitRow({ of: { limit, model, used, most } }: { of: Limit }) {
  const name = `limit.${limit}`;
  const label = name in EN ? t(name as TextName) : limit;
  const isNear = most !== null && most > 0 && used >= most * NEAR;
  return (
    <>
      <span>
        {label}
        {model !== null && <span class="hint"> {model}</span>}
      </span>
      <span class="limit-use">
        {most === null ? t('usedOfUnknown', { used }) : t('usedOf', { used, most })}
        {isNear && <Badge look="warn">{t('limitNear')}</Badge>}
      </span>
      {most !== null && (
        <progress max={Math.max(1, most)} value={Math.min(used, most)} aria-label={`${label} ${model ?? ''}`} />
      )}
    </>
  );
}

function Voices() {
  const now = voices.value;
  if (now === undefined) return null;
  return (
    <section>
      <h2 class="section-title">{t('voices')}</h2>
      {now.voices.length === 0 ? (
        <p class="card hint">{t('noVoices')}</p>
      ) : (
        <ul class="card voice-list">
          {now.voices.map((voice) => (
            <li key={voice.voice}>
              <VoiceRow voice={voice} />
            </li>
          ))}
        </ul>
      )}
      {now.left > 0 && <p class="hint">{t('moreFailed', { n: now.left })}</p>}
    </section>
  );
}

function VoiceRow({ voice }: { voice: Voice }) {
  const { id, characters, model, simulated, lastUsedOn, hasSample } = voice;
  const name = characters.join(t('listComma'));
  const isHeard = heardVoice.value === id;
  return (
    <>
      <div class="voice-name">
        <strong>{name}</strong>
        {simulated && <Badge look="info">{t('simulated')}</Badge>}
        <p class="hint">{model}</p>
      </div>
      <span class="hint">{lastUsedOn === null ? t('neverUsed') : t('lastUsed', { day: dayText(lastUsedOn) })}</span>
      {hasSample ? (
        <Button
          icon={isHeard ? 'pause' : 'play'}
          pressed={isHeard}
          title={t('hearSampleOf', { name })}
          onPress={() => hearVoice(voice, () => tellFailed(t('sampleFailed', { name })))}
        >
          {t('sample')}
        </Button>
      ) : (
        <span class="hint">{t('noSample')}</span>
      )}
    </>
  );
}

/** A day without a time, so that no zone moves it. */
function dayText(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}
