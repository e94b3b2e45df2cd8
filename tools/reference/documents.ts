/** The documents that are generated, by their paths. */
import { commandsDocument } from './commands.ts';
import { eventsDocument } from './events.ts';
import { exitCodesDocument } from './exit-codes.ts';
import { manifestDocument } from './manifest.ts';
import { settingsDocument } from './settings.ts';

/** Path and what writes it. */
export const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'docs/reference/commands.md': commandsDocument,
  'docs/reference/settings.md': settingsDocument,
  'docs/reference/manifest.md': manifestDocument,
  'docs/reference/events.md': eventsDocument,
  'docs/reference/exit-codes.md': exitCodesDocument,
};
