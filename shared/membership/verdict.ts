import Type, { type Static } from 'typebox';

/** What a monitor may say about a node. */
export const verdicts = ['healthy', 'crashed', 'hung', 'limping', 'lying', 'partitioned', 'overloaded'] as const;
export const Verdict = Type.Enum([...verdicts]);
export type Verdict = Static<typeof Verdict>;
