import { invariant } from '../../shared/invariant.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { RequestOf } from '../../shared/rpc/contract.ts';
import { scorer } from '../../search/bm25f.ts';
import type { Explanation, Ranked, Scored } from '../../search/ranked.ts';
import type { ranking } from './contract.ts';

type RankRequest = RequestOf<(typeof ranking.operations)['rank']>;

/**
 * Orders candidates by score, and equal scores by id. The same input gives the same order on every replica, so answers
 * can be compared byte for byte. Returns the slice [offset, offset + size).
 */
export function rank({ plan, statistics, candidates, offset, size, explain }: RankRequest): Ranked[] {
  const score = scorer(plan.terms, statistics);
  const termScore = ({ frequencies: f, lengths: l }: Scored, i: number): number =>
    score.term(i, f[i * 3]!, f[i * 3 + 1]!, f[i * 3 + 2]!, l[1]!, l[2]!);

  const scored = candidates.map((candidate) => {
    let relevance = 0;
    for (let i = 0; i < plan.terms.length; i++) relevance += termScore(candidate, i);
    return { candidate, relevance, score: score.total(relevance, candidate.popularity) };
  });
  // Only an invalid request gives such a score, for example one with fields of length 0. It is refused here, before the
  // invariant below can fail.
  if (scored.some((each) => !Number.isFinite(each.score)))
    throw new RpcError('bad_request', 'the statistics do not fit the candidates');
  scored.sort((a, b) => b.score - a.score || (a.candidate.id < b.candidate.id ? -1 : 1));

  const wrong = scored.findIndex(({ score }, i) => i > 0 && score > scored[i - 1]!.score);
  invariant(wrong === -1, 'ranking.order', () => `candidate ${wrong} has a higher score than the one before it`);
  return scored.slice(offset, offset + size).map(({ candidate, relevance, score: total }) => {
    if (!explain) return { id: candidate.id, score: total };
    const explanation: Explanation = {
      terms: plan.terms.map(({ term, weight }, i) => ({
        term,
        weight,
        idf: score.idf[i]!,
        frequencies: candidate.frequencies.slice(i * 3, i * 3 + 3),
        score: termScore(candidate, i),
      })),
      relevance,
      popularity: candidate.popularity,
      popularityScore: total - relevance,
      score: total,
    };
    return { id: candidate.id, score: total, explanation };
  });
}
