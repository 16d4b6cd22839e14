import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Random } from '../../../time/random.ts';
import type { Endpoint, Layer } from '../../call.ts';
import { withReceipt } from '../../derived-call.ts';
import { groupKey } from '../../group-key.ts';
import { createLookup, perOperation } from '../per-operation.ts';
import { poll, tooFew, type PollDependencies } from './poll.ts';

const vote = {
  when: Type.Enum(['always', 'sample', 'never'], {
    default: 'sample',
    description: 'which calls are put to the vote; `sample` = a share of them, and all after a liar was caught',
  }),
  f: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 10,
    description: 'how many liars are outvoted; needs 2f + 1 replicas',
  }),
  share: Type.Number({
    default: 0.01,
    minimum: 0,
    maximum: 1,
    description: 'share of the calls that `sample` puts to the vote',
  }),
  everyMs: Type.Number({
    default: 1_000,
    minimum: 0,
    description:
      '`sample` puts at least one call to the vote in this time, so that a liar is found at any load; 0 = off',
  }),
  alarmMs: Type.Number({
    default: 60_000,
    minimum: 0,
    description: 'after a liar was caught, `sample` means `always` for this time, or until the liar has left the group',
  }),
};
export const VotedOperation = Type.Object(vote, { additionalProperties: false });
export type VotedOperation = Static<typeof VotedOperation>;

/**
 * Deterministic operations with the same result on all replicas. Answers to other operations would differ without any
 * lie.
 */
const votedOn = {
  'ranking.rank': {},
  'ranking.search': {},
  'database.find': {},
  'database.pages': {},
  'database.neighbours': {},
  'database.popularity': {},
  // No samples, because its answers take megabytes and calls are rare.
  'database.vocabulary': { share: 0, everyMs: 0 },
};

/** The components whose answers can be put to the vote. */
export const votedComponents: ReadonlySet<string> = new Set(Object.keys(votedOn).map((name) => name.split('.')[0]!));

export const QuorumSettings = Type.Object(
  {
    ...vote,
    /**
     * Settings of single operations that differ from those above. Only operations named here are ever put to the vote.
     */
    operations: { ...perOperation(Type.Partial(VotedOperation, { additionalProperties: false })), default: votedOn },
  },
  { additionalProperties: false },
);
export type QuorumSettings = Static<typeof QuorumSettings>;

export interface QuorumDependencies extends PollDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
}

export type VotePlan = 'one' | 'vote' | 'audit' | 'refuse';

/**
 * What to do with a call that `replicas` nodes can answer. `vote` = wait for f + 1 equal answers; `audit` = the same,
 * with receipts; `refuse` = a vote is wanted, but there are too few replicas, and one answer would be a guess. `draw`
 * is in [0, 1).
 */
export function planVote(
  { when, f, share, everyMs }: VotedOperation,
  {
    replicas,
    suspected,
    draw,
    sinceAuditMs,
  }: { replicas: number; suspected: boolean; draw: number; sinceAuditMs: number },
): VotePlan {
  if (when === 'never') return 'one';
  const possible = replicas > f;
  if (when === 'always' && !possible) return 'refuse';
  if (!possible) return 'one';
  if (suspected || draw < share || (everyMs > 0 && sinceAuditMs >= everyMs)) return 'audit';
  return when === 'always' ? 'vote' : 'one';
}

/**
 * Asks f + 1 replicas, and then as many more as needed, up to all of 2f + 1, until f + 1 answers are equal byte for
 * byte. Works for deterministic operations only. Asking another replica also serves as the retry and the hedge of the
 * call. So the layers below make no extra attempts, and a call costs at most 2f + 1 attempts. Rejects with `bad_reply`
 * where no f + 1 answers agree, and with `unavailable` where too few replicas answer. Source: Lamport, Shostak, Pease
 * 1982. Here f + 1 of 2f + 1 is enough, because a replica can only vote, not relay.
 */
export function quorum({ operations, ...common }: QuorumSettings, dependencies: QuorumDependencies): Layer {
  const { clock, random, endpoints, liars, nonce } = dependencies;
  const lookup = createLookup(
    Object.fromEntries(Object.entries(operations).map(([name, own]) => [name, { ...common, ...own }])),
  );
  /**
   * When each operation was last audited, by replica group. Each group needs its own audits: a liar answers for only
   * its shard.
   */
  const audits = new Map<string, Map<VotedOperation, number>>();

  return function quorum(next) {
    return (call) => {
      const settings = lookup(call);
      if (!settings) return next(call);
      const replicas = endpoints(call.component, call.shard).length;
      const now = clock.now();
      const auditedAt = audits.getOrInsertComputed(groupKey(call), () => new Map());
      const suspected = liars.suspected(call, settings.alarmMs);
      const plan = planVote(settings, {
        replicas,
        suspected,
        draw: random.next(),
        sinceAuditMs: now - (auditedAt.get(settings) ?? -Infinity),
      });
      if (plan === 'one') return next(call);
      if (plan === 'refuse') return Promise.reject(tooFew(call, settings.f));
      if (plan === 'audit') auditedAt.set(settings, now);
      return poll(
        next,
        plan === 'audit' && nonce ? withReceipt(call, nonce()) : call,
        { f: settings.f, replicas, strict: suspected || settings.when === 'always' },
        dependencies,
      );
    };
  };
}
