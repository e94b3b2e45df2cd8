/** Replacing a take by a recording: a file, or the microphone. */
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { Line } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import {
  canRecord,
  MOST_RECORDING_SECONDS,
  type Recorder,
  startRecording,
  TooLongRecording,
  wavFrom,
} from '../sound/microphone.ts';
import { record } from '../state/decide.ts';
import { setTool } from '../state/open.ts';
import { clock } from '../text/format.ts';
import { t } from '../words/words.ts';

/** The form. */
export function RecordingTool({ line }: { line: Line }) {
  const [problem, setProblem] = useState<string | undefined>();
  const [made, setMade] = useState<{ wav: ArrayBuffer; seconds: number } | undefined>();
  const id = useId();
  const use = async (wav: ArrayBuffer): Promise<void> => {
    if (await record(line, wav)) setTool(undefined);
  };
  const take = async (file: File | undefined): Promise<void> => {
    setProblem(undefined);
    if (file === undefined) return;
    if (file.size === 0) return setProblem(t('emptyRecording'));
    const wav = await wavFrom(file).catch((error: unknown) => {
      setProblem(t(error instanceof TooLongRecording ? 'recordingTooLong' : 'cannotDecode'));
      return undefined;
    });
    if (wav !== undefined) await use(wav);
  };
  return (
    <>
      <p class="hint">{t('recordingHint')}</p>
      {made ? (
        <Made {...made} onUse={() => void use(made.wav)} onDrop={() => setMade(undefined)} />
      ) : (
        <div class="buttons">
          <label class="button file" for={id}>
            <span>{t('chooseFile')}</span>
            <input
              id={id}
              type="file"
              accept="audio/*,.wav,.mp3,.m4a,.flac,.ogg"
              onChange={({ currentTarget }) => {
                void take(currentTarget.files?.[0]);
                currentTarget.value = '';
              }}
            />
          </label>
          <Microphone onMade={setMade} onProblem={setProblem} />
        </div>
      )}
      {problem !== undefined && (
        <p class="reason bad" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

interface MicrophoneProps {
  onMade: (made: { wav: ArrayBuffer; seconds: number }) => void;
  onProblem: (problem: string | undefined) => void;
}

function Microphone({ onMade, onProblem }: MicrophoneProps) {
  const recorder = useRef<Recorder | undefined>(undefined);
  const [since, setSince] = useState<number | undefined>();
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (since === undefined) return;
    const timer = setInterval(() => {
      setNow(performance.now());
      // One that was forgotten ends by itself, and is kept.
      if (performance.now() - since > MOST_RECORDING_SECONDS * 1000) end();
    }, 250);
    return () => clearInterval(timer);
  }, [since]);
  // Whoever closes the form closes the microphone.
  useEffect(() => () => void recorder.current?.stop(), []);
  const begin = async (): Promise<void> => {
    onProblem(undefined);
    recorder.current = await startRecording().catch(() => undefined);
    if (recorder.current === undefined) return onProblem(t('cannotRecord'));
    setNow(performance.now());
    setSince(performance.now());
  };
  const end = (): void => {
    const made = recorder.current?.stop();
    recorder.current = undefined;
    setSince(undefined);
    if (made !== undefined && made.seconds > 0) onMade(made);
    else onProblem(t('emptyRecording'));
  };
  if (!canRecord()) return <p class="hint">{t('cannotRecord')}</p>;
  if (since === undefined)
    return (
      <Button icon="microphone" onPress={() => void begin()}>
        {t('record')}
      </Button>
    );
  return (
    <>
      <span class="recording-now">{t('recordingNow', { time: clock(now - since) })}</span>
      <Button look="main" onPress={end}>
        {t('stopRecording')}
      </Button>
    </>
  );
}

interface MadeProps {
  wav: ArrayBuffer;
  seconds: number;
  onUse: () => void;
  onDrop: () => void;
}

function Made({ wav, seconds, onUse, onDrop }: MadeProps) {
  const address = useMemo(() => URL.createObjectURL(new Blob([wav], { type: 'audio/wav' })), [wav]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return (
    <div class="buttons">
      <span>{t('recordingReady', { time: clock(seconds * 1000) })}</span>
      {/* biome-ignore lint/a11y/useMediaCaption: the words of the recording are those of the line above it */}
      <audio controls src={address} />
      <Button look="main" icon="check" onPress={onUse}>
        {t('useRecording')}
      </Button>
      <Button look="quiet" onPress={onDrop}>
        {t('cancel')}
      </Button>
    </div>
  );
}
