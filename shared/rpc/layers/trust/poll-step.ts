import { countVotes, type Agreed, type Vote } from './votes.ts';

export interface PollOptions {
  /** How many liars are outvoted. */
  readonly f: number;
  /** How many replicas the group has. */
  readonly replicas: number;
  /**
   * What happens when fewer than f + 1 replicas answer. True: the call fails. False: answers that do not contradict
   * each other are accepted. So missing answers of other replicas never make a sampled call fail.
   */
  readonly strict: boolean;
}

/** Everything that a poll has learnt so far. */
export interface PollState {
  readonly votes: readonly Vote[];
  /** The number of replicas that were asked, and of those that have not answered yet. */
  readonly asked: number;
  readonly running: number;
  /** The number of invalid replies. Each counts like a lie. */
  readonly refuted: number;
  /** Whether the budget has no token for another replica now. */
  readonly exhausted: boolean;
  /** Whether the unanswered attempts take longer than usual, and no further replica can be asked. */
  readonly late: boolean;
}

/**
 * `ask`: one more replica, which costs a token of the budget unless it is `free`. `accept`: fewer than f + 1 answers,
 * which do not contradict each other. `too-few` and `no-majority` are failures.
 */
export type PollStep =
  | { readonly do: 'decide'; readonly count: Agreed }
  | { readonly do: 'ask'; readonly free: boolean }
  | { readonly do: 'wait' | 'accept' | 'too-few' | 'no-majority' };

/** How many replicas a poll may ask: f liars and f + 1 honest ones are enough. */
export const mostAsked = ({ f, replicas }: PollOptions): number => Math.min(2 * f + 1, replicas);

/** What a poll does next. Pure; poll.ts carries it out. */
export function nextStep(options: PollOptions, state: PollState): PollStep {
  const { f, strict } = options;
  const { votes, asked, running, refuted, exhausted, late } = state;
  const count = countVotes(votes, f);
  if (count.result === 'agreed') return { do: 'decide', count };
  const short = running < count.missing;
  const disagreeing = votes.length - (f + 1 - count.missing);
  const free = asked <= f + disagreeing + refuted;
  if (short && asked < mostAsked(options) && (free || !exhausted)) return { do: 'ask', free };
  if (strict && short && exhausted) return { do: 'too-few' };
  const acceptable = !strict && refuted === 0 && doNotContradict(votes);
  if (running > 0) return { do: late && acceptable ? 'accept' : 'wait' };
  if (acceptable) return { do: 'accept' };
  return { do: votes.length <= f ? 'too-few' : 'no-majority' };
}

const doNotContradict = (votes: readonly Vote[]): boolean =>
  votes.length > 0 && countVotes(votes, votes.length - 1).result === 'agreed';
