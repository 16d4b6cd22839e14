import Type, { type Static } from 'typebox';

/** The possible diagnoses of a node. */
export const verdicts = ['healthy', 'crashed', 'hung', 'limping', 'lying', 'partitioned', 'overloaded'] as const;
export const Verdict = Type.Enum([...verdicts]);
export type Verdict = Static<typeof Verdict>;
