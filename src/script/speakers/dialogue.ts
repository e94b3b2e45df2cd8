/** Reads the paragraphs of a chapter as dialogue: what is said, what is told, and what stands right beside each quotation. Pure. */

import type { Sayer } from './sayer.ts';
import { sayerOf } from './sayers.ts';
import { languageOfParagraph } from './speech-language.ts';
import type { SpeechPart } from './speech-part.ts';
import { divideParagraph, type SpeechStyle } from './speech-parts.ts';

/** A paragraph of a chapter. `break`: what stands before it ends all dialogue, such as a scene break. */
export interface ChapterParagraph {
  text: string;
  /** A heading: never dialogue. */
  isHeading?: boolean;
  /** A scene begins with it. */
  startsScene?: boolean;
}

/** A part with what the words beside it tell of its speaker. */
export interface DialoguePart extends SpeechPart {
  sayer?: Sayer;
}

/** A paragraph, read. */
export interface DialogueParagraph {
  parts: DialoguePart[];
  /** Its first quotation goes on from the paragraph before. */
  continues: boolean;
  startsScene: boolean;
}

/** Reads all paragraphs of a chapter, in order. Linear. */
export function readDialogue(paragraphs: readonly ChapterParagraph[], style: SpeechStyle): DialogueParagraph[] {
  let goesOn: string | undefined;
  return paragraphs.map(({ text, isHeading = false, startsScene = false }) => {
    if (isHeading) {
      goesOn = undefined;
      return { parts: [{ isSpeech: false, text }], continues: false, startsScene: true };
    }
    const language = languageOfParagraph(text, style.language);
    const divided = divideParagraph(
      text,
      language === style.language ? style : { ...style, language },
      startsScene ? undefined : goesOn,
    );
    goesOn = divided.goesOn;
    // The parts are this paragraph's own, so the sayer is written into them: a book has very many.
    const parts: DialoguePart[] = divided.parts;
    for (let index = 0; index < parts.length; index++) {
      const sayer = parts[index]!.isSpeech ? sayerOf(parts, index, language) : undefined;
      if (sayer) parts[index]!.sayer = sayer;
    }
    return { parts, continues: divided.continues, startsScene };
  });
}

/** Whether anybody speaks in a paragraph. */
export function hasSpeech({ parts }: Pick<DialogueParagraph, 'parts'>): boolean {
  return parts.some(({ isSpeech }) => isSpeech);
}
