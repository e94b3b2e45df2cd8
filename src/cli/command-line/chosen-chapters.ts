/** The chapters that `--chapter` names. */
import { Option } from 'commander';
import { chaptersArgument } from './line-argument.ts';

/** `--chapter 2-4,7`. */
export function chapterOption(what: string): Option {
  return new Option('--chapter <numbers>', what).argParser(chaptersArgument);
}
