import { addressKey, withoutVisitParameters } from './address.ts';

/** After so many addresses that gave one page, the parameter is believed to name the visit. */
const sameAnswersNeeded = 5;

interface Answers {
  /** The address of the first answer. */
  readonly first: string;
  count: number;
  content: object | undefined;
}

/**
 * Learns from answers whether parameters such as `sid` name the visit or the page. A site that puts a new one into
 * every link has addresses without end; a site that numbers its articles so has a page behind each. Only addresses that
 * differ in nothing else are compared, and one different answer is enough to ask for all of them.
 */
export function createVisitParameters() {
  const answers = new Map<string, Answers>();
  const groupOf = (address: string) => addressKey(withoutVisitParameters(address));

  return {
    /** The page that `address` would give again, or undefined where it must be asked. */
    repeats(address: string): string | undefined {
      const group = groupOf(address);
      if (group === addressKey(address)) return undefined;
      const seen = answers.get(group);
      const isProven = seen !== undefined && seen.content !== undefined && seen.count >= sameAnswersNeeded;
      return isProven ? seen.first : undefined;
    },
    /** `content` = one object per content. */
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
