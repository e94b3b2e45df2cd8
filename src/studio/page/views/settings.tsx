/** Language, appearance, name. */
import { Dialog } from '../parts/dialog.tsx';
import { keepSetting, type Theme, theme } from '../state/kept.ts';
import { NameField } from '../tools/comment.tsx';
import { LANGUAGES, type Language, language, type TextName, t } from '../words/words.ts';

const THEMES: readonly [Theme, TextName][] = [
  ['auto', 'themeAuto'],
  ['light', 'themeLight'],
  ['dark', 'themeDark'],
];

/** The dialog. */
export function Settings({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('settings')} onClose={onClose}>
      <fieldset class="choice">
        <legend>{t('language')}</legend>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <label key={code} lang={code}>
            <input
              type="radio"
              name="language"
              checked={language.value === code}
              onChange={() => {
                language.value = code as Language;
                keepSetting('language', code);
              }}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choice">
        <legend>{t('theme')}</legend>
        {THEMES.map(([value, name]) => (
          <label key={value}>
            <input
              type="radio"
              name="theme"
              checked={theme.value === value}
              onChange={() => {
                theme.value = value;
                keepSetting('theme', value);
              }}
            />
            <span>{t(name)}</span>
          </label>
        ))}
      </fieldset>
      <NameField />
      <p class="hint">{t('nameHint')}</p>
    </Dialog>
  );
}
