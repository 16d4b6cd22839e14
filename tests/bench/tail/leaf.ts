import Type from 'typebox';
import { contract, operation } from '../../../shared/rpc/contract.ts';

/** The contract of every backend in these experiments: an answer after some time. */
export const leaf = contract('leaf', {
  read: operation({ summary: 'answers after a while', request: Type.Object({}), response: Type.Object({}) }),
});

/** The answer times: a normal distribution, with a share of stragglers. Sent to a backend over IPC at any time. */
export interface Times {
  readonly meanMs: number;
  readonly deviationMs: number;
  readonly stragglerShare: number;
  readonly stragglerMs: number;
}
