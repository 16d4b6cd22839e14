import { fetchDirect } from '../../../shared/net/direct.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { CommandError } from '../../errors.ts';
import { sameAnswer } from './questions.ts';

/** The answers that users got, each compared with the answer before any fault. */
export interface Seen {
  readonly asked: number;
  readonly failed: number;
  readonly wrong: number;
}

export interface UserAnswers {
  /** The counts since the last call of `since`. */
  readonly since: () => Seen;
  readonly stop: () => Promise<void>;
}

const words = ['water', 'music', 'light', 'stone', 'bread', 'river', 'horse', 'winter'];
/** The pause between an answer and the user's next question, so that the load is light. */
const thinkMs = 150;
const patienceMs = 6_000;

/** The part of an answer that must be right: the results and their order, not the time or the serving nodes. */
function essence({ query, total, results }: Readonly<Record<string, unknown>>): unknown {
  return { query, total, results };
}

/**
 * Two users who search through the public API during the whole run. Throws CommandError if their searches fail before
 * any fault.
 */
export async function watchUserAnswers(doors: readonly string[]): Promise<UserAnswers> {
  let turn = 0;
  const ask = async (word: string): Promise<unknown> => {
    const door = doors[turn++ % doors.length]!;
    const response = await fetchDirect(`${door}/api/search?q=${word}&size=10`, {
      signal: AbortSignal.timeout(patienceMs),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`status ${response.status}, ${String(answer['detail'])}`);
    return essence(answer);
  };

  const truths = new Map<string, unknown>();
  for (const word of words) {
    const truth = await ask(word).catch((error: unknown) => {
      throw new CommandError(`the public API does not answer before anything was broken: ${(error as Error).message}`);
    });
    truths.set(word, truth);
  }

  const ending = new AbortController();
  let seen: Seen = { asked: 0, failed: 0, wrong: 0 };
  async function user(first: number): Promise<void> {
    for (let i = first; !ending.signal.aborted; i++) {
      const word = words[i % words.length]!;
      const outcome = await ask(word).then(
        (answer) => (sameAnswer(answer, truths.get(word)) ? 'right' : 'wrong'),
        () => 'failed',
      );
      seen = {
        asked: seen.asked + 1,
        failed: seen.failed + (outcome === 'failed' ? 1 : 0),
        wrong: seen.wrong + (outcome === 'wrong' ? 1 : 0),
      };
      await sleep(systemScheduler, thinkMs, ending.signal).catch(() => undefined);
    }
  }
  const users = [user(0), user(words.length / 2)];
  return {
    since() {
      const news = seen;
      seen = { asked: 0, failed: 0, wrong: 0 };
      return news;
    },
    async stop() {
      ending.abort();
      await Promise.all(users);
    },
  };
}
