/** The counters of `POST /v1/audio/speech` and its voices; `openaiSpeech` in `GET /simulator/metrics`. */

/** Counters since the start or the last reset. Calls are counted as they arrive, including refused ones. */
export interface OpenaiSpeechMetrics {
  speech: {
    calls: number;
    /** Texts that were spoken; a batch has several. */
    spoken: number;
    /** Characters of the spoken texts. */
    characters: number;
    /** Answers other than 200, as far as they were not faults of the connection. */
    refused: number;
    throttled: number;
    /** Most calls that waited for their answers at the same time. */
    maxAtOnce: number;
  };
  voices: { uploads: number; lists: number; deletes: number };
}

/** Updates the counters. */
export type OpenaiSpeechCounters = ReturnType<typeof createOpenaiSpeechCounters>;

/** Counters at zero; `onSpoken` hears every text that is spoken. */
export function createOpenaiSpeechCounters(onSpoken: (text: string) => void) {
  const speech = { calls: 0, spoken: 0, characters: 0, refused: 0, throttled: 0, maxAtOnce: 0 };
  const voices = { uploads: 0, lists: 0, deletes: 0 };
  let open = 0;

  return {
    /** A speech call arrived; call the returned function once when it has been answered. */
    callArrived(): () => void {
      speech.calls++;
      open++;
      speech.maxAtOnce = Math.max(speech.maxAtOnce, open);
      return () => {
        open--;
      };
    },
    /** A text is spoken. */
    textSpoken(text: string) {
      speech.spoken++;
      speech.characters += [...text].length;
      onSpoken(text);
    },
    /** A speech call was refused with a status. */
    callRefused(status: number) {
      speech.refused++;
      if (status === 429) speech.throttled++;
    },
    /** A call on the voices arrived. */
    voiceCall(kind: keyof typeof voices) {
      voices[kind]++;
    },
    /** The counters now. */
    snapshot: (): OpenaiSpeechMetrics => ({ speech: { ...speech }, voices: { ...voices } }),
  };
}
