import { secretInWords, type Secret } from './secret.ts';

/** The outcome of a game day. */
export interface Played {
  readonly secret: Secret;
  /** The line whose hash was shown before the first answer, and that hash. */
  readonly journal: string;
  readonly shownHash: string;
  /** Undefined: nobody answered. */
  readonly person?: { readonly answer: Secret; readonly seconds: number };
  /** Undefined: the monitor named nobody. */
  readonly monitor?: { readonly answer: Secret; readonly seconds: number };
}

export const gameDayLines = ({ secret, journal, shownHash, person, monitor }: Played): readonly string[] => [
  `the hash that was shown: ${shownHash}`,
  `the journal: ${journal}`,
  `what broke: ${secretInWords(secret)}`,
  person === undefined
    ? 'nobody answered'
    : `you: ${secretInWords(person.answer)}, after ${person.seconds.toFixed(1)} s`,
  monitor === undefined
    ? 'the monitor named nobody'
    : `the monitor: ${secretInWords(monitor.answer)}, ${monitor.seconds.toFixed(1)} s after it got evidence`,
];
