/** A part of a paragraph: what somebody says, or the text between. */
export interface SpeechPart {
  isSpeech: boolean;
  text: string;
}
