/** Which share of the searches needs the table. */
export const shares = [1, 0.5, 0.1] as const;
/** The shares that are tried without the centre; at 1 nothing would be left to measure. */
export const deadShares = [0.5, 0.1] as const;
export const searchesWithoutCentre = 1_000;
/** Callers at a time: many enough to keep the centre busy always. */
export const lanes = 40;

export interface MeasuredCentre {
  /** Answers per second in each part of the time, and how many they are in all. */
  readonly ceilings: readonly {
    readonly f: number;
    readonly perSecond: readonly number[];
    readonly answered: number;
  }[];
  /** Of `searchesWithoutCentre` searches, how many failed. */
  readonly failed: readonly { readonly f: number; readonly count: number }[];
  readonly timeline: readonly string[];
}
