import { standbyKinds } from '../../shared/membership/fencing.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { check, exactly, nothing } from '../kit/checks.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';
import { fenceCalls, liveTakeovers } from './live.ts';
import { outage, twoActive, watchedMs } from './model.ts';
import { downtimeMs, parts } from './theory.ts';

/** Losses of the active node for each kind of standby: one in each tenth of a heartbeat interval. */
const losses = 10;
/** How far the mean downtime may be from the theory, s. */
const toleranceS = 0.4;

/** Standby processes take over: how long it takes, and what keeps the old one from coming back. */
export const processRedundancy = lab({
  id: '21',
  name: 'process-redundancy',
  topic: 'process redundancy',
  question: 'Your only ranking server is gone. How soon does a standby serve, and what if the old server comes back?',
  seconds: 115,
  cores: 2,
  failuresExpected: true,
  parameters: {
    start: { unit: 's', values: [1.5, 1, 2] },
    load: { unit: 's', values: [2, 3, 4] },
  },
  formula:
    'hot: detect + order + hear + hear; warm: detect + order + hear + load + hear; ' +
    'cold: detect + order + start + load + hear',
  assumptions: [
    'the machine is gone, so the watchdog cannot start the process again',
    'the loss is equally likely at every moment between two heartbeats',
    'starting and loading always take equally long',
  ],
  quantities: ({ start, load }) => [
    ...standbyKinds.map((kind) => ({
      id: kind,
      label: `downtime with a ${kind} standby`,
      unit: 's' as const,
      theory: downtimeMs(kind, 1_000 * start!, 1_000 * load!) / 1_000,
    })),
    { id: 'unfenced', label: 'two active at the same time, without fences', unit: 's', theory: watchedMs / 1_000 },
    { id: 'fenced', label: 'two active at the same time, with fences', unit: 's', theory: 0 },
  ],
  async virtual({ start, load }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const times = { startMs: 1_000 * start!, loadMs: 1_000 * load! };
    const random = seededRandom(`${seed}/losses`);
    const points: Point[] = [];
    const found: Check[] = [];
    const timeline: string[] = [];
    for (const kind of standbyKinds) {
      const downS: number[] = [];
      for (let i = 0; i < losses; i++) {
        // Control: only the process is lost, and it starts again on its machine.
        const phase = (i + random.next()) / losses;
        const isGone = variant !== 'control';
        const lost = await outage({ seed: `${seed}/${kind}/${i}`, kind, phase, isGone, ...times });
        downS.push(lost.downMs / 1_000);
        if (i === 0) timeline.push(`${kind} standby:`, ...lost.timeline.map((line) => `  ${line}`));
      }
      const shown = meanInterval(downS, shownConfidence);
      const theory = downtimeMs(kind, times.startMs, times.loadMs) / 1_000;
      points.push({ id: kind, measured: shown.mean, n: losses, interval: shown });
      found.push(
        check(
          `${kind}: the downtime is the sum of its parts, within ${toleranceS} s`,
          Math.abs(shown.mean - theory) <= toleranceS,
          `${digits(shown.mean)} s for ${digits(theory)} s`,
        ),
      );
    }
    const unfenced = await twoActive({ seed: `${seed}/pause`, fenced: false, ...times });
    // Broken: a node serves, whatever it has heard of promotions.
    const fenced = await twoActive({ seed: `${seed}/pause`, fenced: variant !== 'broken', ...times });
    for (const [id, { bothMs, asked }] of Object.entries({ unfenced, fenced }))
      points.push(exactly(id, bothMs / 1_000, asked));
    timeline.push('a pause without fences:', ...unfenced.timeline.map((line) => `  ${line}`));
    timeline.push('the same pause with fences:', ...fenced.timeline.map((line) => `  ${line}`));
    found.push(
      check('the standby is promoted during the pause', unfenced.promoted && fenced.promoted, 'in both runs'),
      check('without fences, users see two active nodes', unfenced.bothMs > 0, `for ${unfenced.bothMs / 1_000} s`),
      check('with fences, users see only one', fenced.bothMs === 0, `two for ${fenced.bothMs / 1_000} s`),
    );
    return { points, checks: found, timeline };
  },
  async live({ start, load }, context) {
    const { takeovers, fence, proofs } = await liveTakeovers(context);
    const hot = takeovers.filter(({ kind }) => kind === 'hot').map(({ downS }) => downS);
    const shown = meanInterval(hot, shownConfidence);
    const theory = downtimeMs('hot', 0, 0) / 1_000;
    // A node of this small data set starts and loads as fast as the machine lets it: `start` and `load` are modelled.
    const modelled = await processRedundancy.virtual!({ start: start!, load: load! }, context.seed, 'correct');
    const ofModel = (id: string): Point => modelled.points.find((point) => point.id === id)!;
    return {
      points: [
        { id: 'hot', measured: shown.mean, n: hot.length, interval: shown },
        ofModel('warm'),
        ofModel('cold'),
        ofModel('unfenced'),
        ofModel('fenced'),
      ],
      checks: [
        check(
          `live, hot: the downtime is the sum of its parts, within ${toleranceS} s`,
          Math.abs(shown.mean - theory) <= toleranceS,
          `${digits(shown.mean)} s for ${digits(theory)} s`,
        ),
        ...standbyKinds.map((kind) => {
          const all = takeovers.filter((takeover) => takeover.kind === kind);
          const promoted = all.filter(({ by }) => by !== undefined).length;
          return check(
            `live, ${kind}: each lost node is replaced by a standby`,
            all.length > 0 && promoted === all.length,
            `${promoted} of ${all.length}`,
          );
        }),
        check(
          'live, fenced: a lost node that is back refuses all calls, and the active one answers',
          fence.refused === fenceCalls && fence.served === fenceCalls,
          `${fence.refused} of ${fenceCalls} refused, ${fence.served} of ${fenceCalls} answered`,
        ),
        ...modelled.checks,
      ],
      timeline: [
        'live:',
        ...takeovers.map(
          ({ kind, lost, by = 'nobody', downS }) => `  ${kind}: ${by} served ${digits(downS)} s after ${lost} was lost`,
        ),
        'in virtual time:',
        ...modelled.timeline.map((line) => `  ${line}`),
      ],
      faults: proofs,
    };
  },
  variants: {
    broken: 'there is no fence: a node goes on although it has heard of a promotion',
    control: 'only the process is lost, and its watchdog starts it again, so no standby is needed',
  },
  hints: [
    'What must happen before a user gets an answer again? Write down the steps in their order.',
    'Add the mean of each step: detect, order, hear. Count "hear" once for each node that must hear of the ' +
      'promotion. Then add the work of the standby: nothing for a hot one, load for a warm one, start and load for ' +
      'a cold one.',
    'A guard looks into each room every 10 minutes. So a fire burns for 5 minutes on average until the guard ' +
      'sees it. The phone call takes 1 minute, and the way of the firemen 4 minutes: 10 minutes. If the firemen ' +
      'sleep, they need 8 minutes more: 18 minutes.',
  ],
  explanation: ({ start, load }) =>
    `With a hot standby, the downtime is ${digits(downtimeMs('hot', 0, 0) / 1_000)} s. The monitor needs
${digits(parts.detectMs / 1_000)} s to notice that the process is gone, and ${digits(parts.orderMs / 1_000)} s to
promote the standby. Then the standby hears of it, and then the user: ${digits(parts.hearMs / 1_000)} s each. A warm
standby also loads its data (${load!} s). A cold standby first starts (${start!} s). A hot standby is the fastest and
costs most, because it keeps all data in memory and does nothing.

The paused machine is the dangerous case. It wakes up, knows nothing of the promotion, and serves. A user with an old
list of addresses then gets answers of both nodes. But the promotion has a token that only grows. After one round trip,
the old node hears that another node has its role with a newer token. From then on, it refuses all calls. This is its
fence.

During this one round trip, the old node still answers. This is dangerous for writes, so a store must check the token
with each write. The nodes of this search engine only read while they serve, so the fence of the node is enough.`,
  transfer: {
    question:
      'You can halve the time between heartbeats, or make the standby hot instead of warm. Loading takes 10 s. ' +
      'Which do you choose? When is the other choice right?',
    answer:
      'A hot standby saves 10 s. Half the time between heartbeats saves about half a second, and causes more false ' +
      'alarms. It is right if the standby is hot already, and half a second is important.',
  },
});
