import { expect, test } from 'vitest';
import { verdicts, type Verdict } from '../../../shared/membership/verdict.ts';
import { nextStanding, wellStanding, windowsNeeded } from '../../../services/monitor/hysteresis.ts';

/** Letters for verdicts of single windows in, letters of standing verdicts out. */
function transcript(windows: string): string {
  const letter: Record<string, Verdict> = { '.': 'healthy', L: 'limping', C: 'crashed', P: 'partitioned' };
  let standing = wellStanding(0);
  return [...windows]
    .map((mark, i) => {
      standing = nextStanding(standing, { node: 'n', verdict: letter[mark]!, reasons: [] }, i);
      return Object.entries(letter).find(([, verdict]) => verdict === standing.verdict)![0];
    })
    .join('');
}

test.each([
  ['..LLLL.....', '.....LLLL..'],
  ['LL.LL.LL..', '..........'],
  ['LLLL.L.L.L.', '...LLLLLLLL'],
  ['C....', 'CCCC.'],
  ['LLLLC....', '...LCCCC.'],
  ['P.PP....', '...PPPP.'],
])('windows %s make the standing verdicts %s', (windows, standing) => {
  expect(transcript(windows)).toBe(standing);
});

test('health needs more windows than any other verdict', () => {
  for (const verdict of verdicts) expect(windowsNeeded.healthy).toBeGreaterThanOrEqual(windowsNeeded[verdict]);
});
