import { Type } from 'typebox';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { FindResult } from '../database/contract.ts';
import { maxQueryLength, Plan, SearchRequest } from './plan.ts';

/** The plan's schemas stand in a file of their own: the database's contract needs them, and this one needs the database's. */
export * from './plan.ts';

export const query = contract('query', {
  plan: operation({
    summary: 'Turns keywords into a structured query, with a suggestion where words look misspelt',
    request: Type.Object({ q: Type.String({ maxLength: maxQueryLength }) }),
    response: Type.Object({ plan: Plan, suggestion: Type.Optional(Type.String()) }),
  }),
  suggest: operation({
    summary: 'Completes what the user is typing',
    request: Type.Object({ prefix: Type.String({ maxLength: 200 }), size: Type.Integer({ minimum: 1, maximum: 20 }) }),
    response: Type.Object({ suggestions: Type.Array(Type.String()) }),
  }),
  search: operation({
    summary: 'Layered style: plans, asks the database below, and hands the candidates up',
    composite: true,
    request: SearchRequest,
    response: Type.Object({ plan: Plan, suggestion: Type.Optional(Type.String()), found: FindResult }),
  }),
});
