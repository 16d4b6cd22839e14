import { bandsOf } from '../parts/time.ts';
import type { ViewOptions } from '../view-options.ts';
import { clockTime } from '../../../../shared/clock-time.ts';
import { duration } from '../quantities.ts';
import { failureMoments } from './failure-moments.ts';
import { Replay } from './replay.tsx';

interface ScrubberOptions extends ViewOptions {
  /** The incident whose page is open. */
  readonly incident: string | undefined;
}

/** The last 15 minutes as a line: drag its knob, and the whole page shows that moment. */
export function Scrubber({ moment, state, store, incident }: ScrubberOptions) {
  const { all, now } = moment;
  const to = all.at(-1)!.at;
  /** Whole seconds, because each step of the slider is one. */
  const seconds = Math.max(1, Math.ceil((to - all[0]!.at) / 1_000));
  const from = to - seconds * 1_000;
  const ago = to - (state.cursor ?? to);
  const failures = new Map(
    failureMoments(state.incidents, all).map((at) => [Math.round((at - from) / 1_000), at] as const),
  );
  const goTo = (place: number) =>
    store.set({ cursor: place >= seconds ? undefined : (failures.get(place) ?? from + place * 1_000), playing: false });
  const text = state.cursor === undefined ? 'now' : `${clockTime(now.at)}, ${duration(ago)} ago`;
  return (
    <section class={state.cursor === undefined ? 'scrubber' : 'scrubber past'} aria-label="Time">
      <output class="when">{state.cursor === undefined ? clockTime(to) : clockTime(now.at)}</output>
      <div class="track">
        <Timeline {...{ moment, state, store }} from={from} to={to} />
        <input
          type="range"
          min={0}
          max={seconds}
          step={1}
          value={Math.round(seconds - ago / 1_000)}
          list="failures"
          aria-label="Moment that the page shows"
          aria-valuetext={text}
          onInput={(event) => goTo(Number(event.currentTarget.value))}
        />
        {/* One pixel may stand for a second or more. Thanks to the list of failures, the knob can still stop at each
            failure. */}
        <datalist id="failures">
          {[...failures.keys()].map((place) => (
            <option key={place} value={place} />
          ))}
        </datalist>
      </div>
      <Replay store={store} cursor={state.cursor} to={to} incident={incident} />
      <button
        type="button"
        class={state.cursor === undefined ? 'live' : 'live primary'}
        disabled={state.cursor === undefined}
        onClick={() => store.set({ cursor: undefined })}
      >
        {state.cursor === undefined ? 'Live' : 'Back to live'}
      </button>
    </section>
  );
}

/** Behind the slider: the rate of requests as an area, and the incidents as bands. */
function Timeline({ moment, state, from, to }: ViewOptions & { from: number; to: number }) {
  const [width, height] = [1_000, 32];
  const x = (at: number) => (to === from ? width : ((at - from) / (to - from)) * width);
  const most = Math.max(1, ...moment.all.map(({ door }) => door.rate));
  const points = moment.all.map(
    ({ at, door }) => `${x(at).toFixed(1)},${(height - (door.rate / most) * (height - 8)).toFixed(1)}`,
  );
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <polygon class="area" points={`0,${height} ${points.join(' ')} ${width},${height}`} />
      {bandsOf(state.incidents, to).map((band) => {
        const left = Math.max(0, x(band.from * 1_000));
        const right = Math.min(width, x(band.to * 1_000));
        return (
          right > left && (
            <rect key={band.id} class="band" x={left} width={Math.max(3, right - left)} y={0} height={height} />
          )
        );
      })}
    </svg>
  );
}
