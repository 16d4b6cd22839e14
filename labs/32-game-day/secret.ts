import { hash } from 'node:crypto';
import { seededRandom } from '../../shared/time/random.ts';

/** The kinds of failure, in the monitor's words. The course calls them fail-stop, limping and Byzantine. */
export const failureKinds = ['crashed', 'limping', 'lying'] as const;
export type FailureKind = (typeof failureKinds)[number];

/** The nodes of which one breaks: three replicas of two tiers. */
export const suspects = ['database-1', 'database-2', 'database-3', 'ranking-1', 'ranking-2', 'ranking-3'] as const;

export interface Secret {
  readonly node: string;
  readonly kind: FailureKind;
}

export const possibilities = suspects.length * failureKinds.length;

const at = (index: number): Secret => ({
  node: suspects[Math.floor(index / failureKinds.length)]!,
  kind: failureKinds[index % failureKinds.length]!,
});

const indexFrom = (seed: string): number => Math.floor(possibilities * seededRandom(seed).next());

/** The same seed breaks the same node in the same way. */
export const secretOf = (seed: string): Secret => at(indexFrom(`${seed}/secret`));

/** The journal: one line. Without the nonce, anybody could try all possibilities against the hash. */
export const journalOf = (secret: Secret, nonce: string): string => JSON.stringify({ lab: '32', ...secret, nonce });
export const hashOf = (journal: string): string => hash('sha256', journal, 'hex');

export const isSame = (a: Secret | undefined, b: Secret): boolean => a?.node === b.node && a.kind === b.kind;
export const secretInWords = ({ node, kind }: Secret): string => `${node} ${kind}`;

/** How many of `n` blind guesses meet the secret. */
export function blindGuesses(secret: Secret, n: number, seed: string): number {
  const random = seededRandom(`${seed}/guesses`);
  let right = 0;
  for (let i = 0; i < n; i++) if (isSame(at(Math.floor(possibilities * random.next())), secret)) right++;
  return right;
}

/** Yes/no questions until one possibility is left, if each question leaves half of them. */
function questionsFor(index: number): number {
  let [from, to] = [0, possibilities];
  let asked = 0;
  for (; to - from > 1; asked++) {
    const middle = Math.ceil((from + to) / 2);
    if (index < middle) to = middle;
    else from = middle;
  }
  return asked;
}

/** The mean over all possibilities. */
export const meanQuestions =
  Array.from({ length: possibilities }, (_, i) => questionsFor(i)).reduce((sum, asked) => sum + asked) / possibilities;

/** The mean over `n` secrets that are drawn by lot. */
export function questionsAsked(n: number, seed: string): number {
  const random = seededRandom(`${seed}/questions`);
  let asked = 0;
  for (let i = 0; i < n; i++) asked += questionsFor(Math.floor(possibilities * random.next()));
  return asked / n;
}
