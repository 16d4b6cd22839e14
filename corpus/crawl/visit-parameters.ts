import { addressKey, withoutVisitParameters } from './address.ts';

/** After this number of addresses that gave the same page, the parameter counts as a session parameter. */
const sameAnswersNeeded = 5;

interface Answers {
  /** The address of the first answer. */
  readonly first: string;
  count: number;
  content: object | undefined;
}

/**
 * Learns from answers whether a parameter such as `sid` identifies a session or a page. Some sites put a new value into
 * every link, so they have endless addresses for the same pages. Other sites number their articles with such a
 * parameter. Only addresses that differ in nothing else are compared. After one different answer, all of these
 * addresses are requested.
 */
export function createVisitParameters() {
  const answers = new Map<string, Answers>();
  const groupOf = (address: string) => addressKey(withoutVisitParameters(address));

  return {
    /**
     * If a request of `address` would give a known page again: the first address of this page. Otherwise undefined, and
     * `address` must be requested.
     */
    repeats(address: string): string | undefined {
      const group = groupOf(address);
      if (group === addressKey(address)) return undefined;
      const seen = answers.get(group);
      const isProven = seen !== undefined && seen.content !== undefined && seen.count >= sameAnswersNeeded;
      return isProven ? seen.first : undefined;
    },
    /** Pages with the same content must have the same object as `content`: objects are compared by identity. */
    answered(address: string, content: object): void {
      const group = groupOf(address);
      const seen = answers.get(group);
      if (seen === undefined) answers.set(group, { first: address, count: 1, content });
      else {
        seen.count++;
        if (seen.content !== content) seen.content = undefined;
      }
    },
  };
}
