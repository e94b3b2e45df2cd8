/** Begins the page for a reviewer. */
import { render } from 'preact';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import './handout.css';
import { readSettings } from '../state/kept.ts';
import { App } from './app.tsx';
import { playsOn } from './listen.tsx';
import { play, preparePlayer } from './player.ts';
import { line, readVerdicts, step, takeOf, unsaved } from './state.ts';

readSettings();
readVerdicts();
preparePlayer(() => {
  const before = line.value;
  if (!playsOn.value) return;
  step(1);
  const next = line.value;
  const clip = next?.clips.find(({ take }) => take === takeOf(next));
  if (next !== before && clip !== undefined) play(clip);
});
addEventListener('beforeunload', (event) => {
  if (unsaved.value) event.preventDefault();
});
render(<App />, document.getElementById('handout')!);
