import type { Verdict } from '../../shared/membership/verdict.ts';
import type { MemberState } from '../../shared/membership/view.ts';

/** How bad it is, as a class of the stylesheet: never told by the colour alone, the word stands beside it. */
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

/** A node that beats on may be in trouble all the same: then it is no good news that it is alive. */
export function toneOf(state: MemberState | 'unknown', verdict: Verdict | undefined): Tone {
  const tone = tones[state];
  return tone === 'good' && verdict !== undefined && verdict !== 'healthy' ? 'warn' : tone;
}
