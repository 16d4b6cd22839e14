import type { Verdict } from '../../shared/membership/verdict.ts';
import type { MemberState } from '../../shared/membership/view.ts';

/** The severity, as a class of the stylesheet. The colour is never the only sign: the word stands beside it. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

const tones: Readonly<Record<MemberState | 'unknown', Tone>> = {
  alive: 'good',
  starting: 'warn',
  suspect: 'warn',
  draining: 'warn',
  dead: 'bad',
  quarantined: 'bad',
  standby: 'quiet',
  unknown: 'quiet',
};

/** A node that sends heartbeats may still have a diagnosis. Its state `alive` is then not shown as good. */
export function toneOf(state: MemberState | 'unknown', verdict: Verdict | undefined): Tone {
  const tone = tones[state];
  return tone === 'good' && verdict !== undefined && verdict !== 'healthy' ? 'warn' : tone;
}
