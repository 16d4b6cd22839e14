import Type from 'typebox';
import { Statistics } from '../../search/find-result.ts';
import { QueryPlan, SearchRequest } from '../../search/plan.ts';
import { Ranked, Scored } from '../../search/ranked.ts';
import { SearchResults } from '../../search/results.ts';
import { batchOperation } from '../../shared/rpc/batched.ts';
import { contract, operation, type Introduction } from '../../shared/rpc/contract.ts';

const rank = operation({
  summary: 'Orders candidates by relevance and popularity; equal scores by id',
  request: Type.Object({
    plan: Type.Pick(QueryPlan, ['terms']),
    statistics: Statistics,
    candidates: Type.Array(Scored),
    offset: Type.Integer({ minimum: 0 }),
    size: Type.Integer({ minimum: 1, maximum: 1_000 }),
    explain: Type.Boolean(),
  }),
  response: Type.Object({ ranked: Type.Array(Ranked) }),
  mismatch({ candidates, size }, { ranked }) {
    if (ranked.length > size) return `it ranks ${ranked.length} pages, and ${size} were asked for`;
    const left = new Set(candidates.map(({ id }) => id));
    const other = ranked.find(({ id }) => !left.delete(id));
    return other && `it ranks page ${other.id} twice, or the page is no candidate`;
  },
});

const about: Introduction = {
  component: 'ranking',
  purpose: 'Puts the candidates in order of relevance.',
  calls: { 'object-based': [], layered: ['query'] },
};

export const ranking = contract(about, {
  rank,
  rankMany: batchOperation('rank', rank),
  search: operation({
    summary: 'Layered style: asks the query generator below and orders its candidates',
    composite: true,
    request: SearchRequest,
    response: SearchResults,
  }),
});
