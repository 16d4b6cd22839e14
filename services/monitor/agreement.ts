import type { Clock } from '../../shared/time/clock.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import { doubtsItself } from './evidence.ts';
import type { FailureDetector } from './failure-detector.ts';
import { settings } from './settings.ts';
import { thresholds } from './thresholds.ts';

/** What this monitor must know of the other monitors before it sends an order. `others`: their ids. */
export function createAgreement(monitor: string, others: readonly string[], detector: FailureDetector, clock: Clock) {
  /** The first monitor that trusts itself, as far as this one knows. The other monitors wait for its orders. */
  function leader(): string | undefined {
    const trusted = detector.otherDigests().flatMap((digest) => (digest.doubtsItself ? [] : digest.monitor));
    return [...trusted, ...(doubtsItself(detector.observer()) ? [] : [monitor])].toSorted()[0];
  }

  return {
    leader,
    /**
     * A crash is a fact. Every other verdict needs the agreement of the other monitors that live and trust themselves.
     */
    agreed(node: string, verdict: Verdict): boolean {
      if (verdict === 'crashed') return true;
      const heard = new Map(detector.otherDigests().map((digest) => [digest.monitor, digest]));
      return others.every((id) => {
        const digest = heard.get(id);
        // A monitor that lives will send a digest soon: wait for it.
        if (!digest) return detector.record(id).incarnation() === undefined || detector.phi(id) >= thresholds.phi;
        return digest.doubtsItself || digest.members.find((it) => it.node === node)?.verdict !== 'healthy';
      });
    },
    /**
     * Two monitors may learn of two bad nodes in opposite order. If each took out the node that it learned of first,
     * both nodes of a pair would be gone. So only the leader takes out a serving node. The others wait for its order,
     * for a while.
     */
    isLeftToAnother(verdict: Verdict, since: number): boolean {
      if (verdict !== 'lying' && verdict !== 'limping') return false;
      return leader() !== monitor && clock.now() - since < settings.deferMs;
    },
  };
}
