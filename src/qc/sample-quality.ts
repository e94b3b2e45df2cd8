/** The quality of a voice sample, beyond the service's rules. */
export interface SampleQuality {
  /** Share of the time in pauses of at least 0.3 s, 0–1. */
  silenceShare: number;
  /** Number of clipped peaks. */
  clippedPeaks: number;
  /** Level of the quietest 200 ms; −Infinity for digital silence. */
  noiseFloorDbfs: number;
  /** Level of the speech without pauses. */
  speechLevelDbfs: number;
  samplePeakDbfs: number;
  /** RT60, estimated from the decay of words; null when it cannot be estimated. */
  reverberationSeconds: number | null;
}

/** One recommendation of the recording guide and the sample's result, as text for a table. */
export interface QualityRule {
  /** Stable name. */
  rule: 'silence' | 'clipping' | 'noise' | 'level' | 'reverberation';
  wanted: string;
  measured: string;
  pass: boolean;
  advice: string;
}

const MOST_SILENCE_SHARE = 0.4;
/** A few popping consonants do not make a clipped recording. */
const MOST_CLIPPED_PEAKS = 3;
const LEAST_SNR_DB = 30;
const MOST_NOISE_DBFS = -50;
const LEAST_LEVEL_DBFS = -32;
const MOST_LEVEL_DBFS = -10;
const MOST_REVERBERATION_SECONDS = 0.6;

/**
 * Recommendations for a better clone; never a reason to refuse. The service's recording guide (voice-cloning user guide, 2026)
 * asks for a quiet room without echo, a steady level and no long silences, without figures; these are common studio practice.
 */
export function judgeQuality(quality: SampleQuality): QualityRule[] {
  return [silence(quality), clipping(quality), noise(quality), level(quality), reverberation(quality)];
}

function silence({ silenceShare }: SampleQuality): QualityRule {
  return {
    rule: 'silence',
    wanted: `at most ${MOST_SILENCE_SHARE * 100} % in pauses`,
    measured: `${Math.round(silenceShare * 100)} %`,
    pass: silenceShare <= MOST_SILENCE_SHARE,
    advice: 'Cut out the long pauses.',
  };
}

function clipping({ clippedPeaks }: SampleQuality): QualityRule {
  return {
    rule: 'clipping',
    wanted: 'none',
    measured: clippedPeaks === 0 ? 'none' : `${clippedPeaks} clipped peaks`,
    pass: clippedPeaks <= MOST_CLIPPED_PEAKS,
    advice: 'Record again with less gain; clipped audio cannot be restored.',
  };
}

/** Judges the noise relative to the speech, since a quiet recording has quiet noise. */
function noise({ noiseFloorDbfs, speechLevelDbfs }: SampleQuality): QualityRule {
  const below = speechLevelDbfs - noiseFloorDbfs;
  return {
    rule: 'noise',
    wanted: `below ${MOST_NOISE_DBFS} dBFS, or ${LEAST_SNR_DB} dB below the speech`,
    measured: Number.isFinite(noiseFloorDbfs)
      ? `${noiseFloorDbfs.toFixed(0)} dBFS, ${below.toFixed(0)} dB below the speech`
      : 'no audible noise',
    pass: noiseFloorDbfs <= MOST_NOISE_DBFS || below >= LEAST_SNR_DB,
    advice: 'Record in a quieter room, closer to the microphone.',
  };
}

function level({ speechLevelDbfs }: SampleQuality): QualityRule {
  return {
    rule: 'level',
    wanted: `speech between ${LEAST_LEVEL_DBFS} and ${MOST_LEVEL_DBFS} dBFS`,
    measured: Number.isFinite(speechLevelDbfs) ? `${speechLevelDbfs.toFixed(0)} dBFS` : 'no audible speech',
    pass: speechLevelDbfs >= LEAST_LEVEL_DBFS && speechLevelDbfs <= MOST_LEVEL_DBFS,
    advice:
      speechLevelDbfs < LEAST_LEVEL_DBFS ? 'Record louder, or closer to the microphone.' : 'Record with less gain.',
  };
}

function reverberation({ reverberationSeconds: seconds }: SampleQuality): QualityRule {
  return {
    rule: 'reverberation',
    wanted: `below ${MOST_REVERBERATION_SECONDS} s`,
    measured: seconds === null ? 'cannot be measured (noise or strong echo)' : `about ${seconds.toFixed(1)} s`,
    pass: seconds === null || seconds <= MOST_REVERBERATION_SECONDS,
    advice: 'Record in a room with carpets and curtains, closer to the microphone.',
  };
}
