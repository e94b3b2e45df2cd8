/** How good a recording to clone from is, beyond what the service refuses. */
export interface SampleQuality {
  /** Share of the time in pauses of 0.3 s and more, 0–1. */
  silenceShare: number;
  /** Peaks that were cut flat. */
  clippedPeaks: number;
  /** Level of the quietest 200 ms; −Infinity when its pauses are digital silence. */
  noiseFloorDbfs: number;
  /** Level of the speech without its pauses. */
  speechLevelDbfs: number;
  samplePeakDbfs: number;
  /** Judged from how words die away (RT60); null when it can not be judged. */
  reverberationSeconds: number | null;
}

/** One piece of the recording guide and how the sample does by it, as text for a table. */
export interface QualityRule {
  /** Stable name. */
  rule: 'silence' | 'clipping' | 'noise' | 'level' | 'reverberation';
  wanted: string;
  measured: string;
  pass: boolean;
  advice: string;
}

const MOST_SILENCE_SHARE = 0.4;
/** A consonant that pops now and then is no clipped recording. */
const MOST_CLIPPED_PEAKS = 3;
const LEAST_SNR_DB = 30;
const MOST_NOISE_DBFS = -50;
const LEAST_LEVEL_DBFS = -32;
const MOST_LEVEL_DBFS = -10;
const MOST_REVERBERATION_SECONDS = 0.6;

/**
 * What makes a better clone. None of it is refused: the service's recording guide (voice-cloning user guide, 2026) asks for
 * a quiet room without echo, a steady level and no long silences, and gives no figures; these are common studio practice.
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
    advice: 'Cut the long pauses out.',
  };
}

function clipping({ clippedPeaks }: SampleQuality): QualityRule {
  return {
    rule: 'clipping',
    wanted: 'none',
    measured: clippedPeaks === 0 ? 'none' : `${clippedPeaks} clipped peaks`,
    pass: clippedPeaks <= MOST_CLIPPED_PEAKS,
    advice: 'Record again with less gain: what is cut off can not be brought back.',
  };
}

/** What matters is how far the noise is below the speech; a quiet recording has quiet noise. */
function noise({ noiseFloorDbfs, speechLevelDbfs }: SampleQuality): QualityRule {
  const below = speechLevelDbfs - noiseFloorDbfs;
  return {
    rule: 'noise',
    wanted: `under ${MOST_NOISE_DBFS} dBFS, or ${LEAST_SNR_DB} dB under the speech`,
    measured: Number.isFinite(noiseFloorDbfs)
      ? `${noiseFloorDbfs.toFixed(0)} dBFS, ${below.toFixed(0)} dB under the speech`
      : 'none to be heard',
    pass: noiseFloorDbfs <= MOST_NOISE_DBFS || below >= LEAST_SNR_DB,
    advice: 'Record in a quieter room, closer to the microphone.',
  };
}

function level({ speechLevelDbfs }: SampleQuality): QualityRule {
  return {
    rule: 'level',
    wanted: `speech between ${LEAST_LEVEL_DBFS} and ${MOST_LEVEL_DBFS} dBFS`,
    measured: Number.isFinite(speechLevelDbfs) ? `${speechLevelDbfs.toFixed(0)} dBFS` : 'nothing to be heard',
    pass: speechLevelDbfs >= LEAST_LEVEL_DBFS && speechLevelDbfs <= MOST_LEVEL_DBFS,
    advice: speechLevelDbfs < LEAST_LEVEL_DBFS ? 'Record louder, or closer.' : 'Record with less gain.',
  };
}

function reverberation({ reverberationSeconds: seconds }: SampleQuality): QualityRule {
  return {
    rule: 'reverberation',
    wanted: `under ${MOST_REVERBERATION_SECONDS} s`,
    measured:
      seconds === null
        ? 'can not be judged (noise, or echo in which words run together)'
        : `about ${seconds.toFixed(1)} s`,
    pass: seconds === null || seconds <= MOST_REVERBERATION_SECONDS,
    advice: 'Record in a room with carpets and curtains, closer to the microphone.',
  };
}
