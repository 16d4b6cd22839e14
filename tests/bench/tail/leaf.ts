import Type from 'typebox';
import { contract, operation } from '../../../shared/rpc/contract.ts';

/** What every backend of these experiments serves: an answer, after a while. */
export const leaf = contract('leaf', {
  read: operation({ summary: 'answers after a while', request: Type.Object({}), response: Type.Object({}) }),
});

/** How long answers take: a normal distribution, with a share of stragglers. Sent to a backend over IPC at any time. */
export interface Times {
  readonly meanMs: number;
  readonly deviationMs: number;
  readonly stragglerShare: number;
  readonly stragglerMs: number;
}
