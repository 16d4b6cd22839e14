import type { Answer, Request } from '../workload/request.ts';
import { canonicalText } from './digest.ts';
import { firstDifference } from './difference.ts';
import type { Difference } from './difference.ts';
import { keyOf } from './oracle.ts';
import type { OracleEntries } from './oracle.ts';

/** At most this many wrong answers are kept per run. */
export const mostWrongAnswers = 100;
/** The number of characters of an answer that a worker sends to the controller: enough for a page of results. */
const mostCompared = 32_768;
/** The number of characters of a text that a report keeps. */
const mostShown = 2000;

/** A wrong answer as a worker saw it. */
export interface SeenWrong {
  /** ms since the start of the run. */
  atMs: number;
  /** Method and target, without headers and body: they may hold secrets. */
  question: string;
  key: string | undefined;
  why: 'schema' | 'content';
  got: string;
  nodes: string[];
}

/** A wrong answer as it is kept with the results. */
export interface WrongAnswer {
  /** ISO 8601. */
  at: string;
  atMs: number;
  question: string;
  why: 'schema' | 'content';
  /** Undefined where the oracle kept only a digest, or where only the shape was checked. */
  expected: string | undefined;
  got: string;
  /** The first place where the two answers differ. */
  difference: Difference | undefined;
  /** The nodes that the answer itself names; empty where it names none. */
  nodes: string[];
}

export interface WrongAnswerLog {
  add(atMs: number, request: Request, answer: Answer, why: SeenWrong['why']): void;
  /** The wrong answers since the last drain. */
  drain(): SeenWrong[];
}

/** Keeps the first wrong answers of one worker. */
export function wrongAnswerLog(): WrongAnswerLog {
  let left = mostWrongAnswers;
  let kept: SeenWrong[] = [];
  return {
    add(atMs, request, answer, why) {
      if (left <= 0) return;
      left--;
      const json = answer.json();
      const question = `${request.method} ${request.target}`;
      const got = cut(canonicalText(answer.body, json), mostCompared);
      kept.push({ atMs, question, key: keyOf(request), why, got, nodes: nodesOf(json) });
    },
    drain() {
      const drained = kept;
      kept = [];
      return drained;
    },
  };
}

/** The first wrong answers of all workers, in the order of time, with the answers that the oracle expected. */
export function explainWrong(
  seen: readonly SeenWrong[],
  oracle: OracleEntries | undefined,
  startedAtMs: number,
): WrongAnswer[] {
  const answers = new Map((oracle ?? []).map(([key, , answer]) => [key, answer]));
  return seen
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(0, mostWrongAnswers)
    .map(({ atMs, question, key, why, got, nodes }) => {
      const expected = why === 'content' && key !== undefined ? answers.get(key) : undefined;
      return {
        at: new Date(startedAtMs + atMs).toISOString(),
        atMs: Math.round(atMs),
        question: cut(question, mostShown),
        why,
        expected: expected === undefined ? undefined : cut(expected, mostShown),
        got: cut(got, mostShown),
        difference: expected === undefined ? undefined : firstDifference(expected, got),
        nodes,
      };
    });
}

/** The part of a right answer that an oracle keeps. */
export function answerToKeep(answer: Answer): string {
  return cut(canonicalText(answer.body, answer.json()), mostCompared);
}

function nodesOf(json: unknown): string[] {
  const named = (json as { servedBy?: unknown } | undefined | null)?.servedBy;
  return Array.isArray(named) ? named.filter((node) => typeof node === 'string').slice(0, 50) : [];
}

/** At most `most` UTF-16 units, but never half a character. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}…`;
}
