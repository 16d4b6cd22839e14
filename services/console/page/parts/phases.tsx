import { repairTimes, type Stamps } from '../../../monitor/incident.ts';
import { timeSpan } from '../../../../shared/time-span.ts';

interface PhasesOptions {
  readonly stamps: Stamps;
  readonly now: number;
  /** The time that the whole width of the bar stands for, ms. */
  readonly longest: number;
  /** The moment of the past that the page shows; undefined = now. */
  readonly cursor?: number | undefined;
}

/** Detection, diagnosis and fix of one incident as one bar: together they are the time to repair. */
export function Phases({ stamps, now, longest, cursor }: PhasesOptions) {
  const { detectionMs, diagnosisMs, fixMs, repairMs } = repairTimes(stamps);
  const parts = [
    ['detect', detectionMs],
    ['diagnose', diagnosisMs],
    ['fix', fixMs],
  ] as const;
  const total = Math.max(1, repairMs ?? now - stamps.manifest);
  const open = repairMs === undefined ? Math.max(0, total - detectionMs - (diagnosisMs ?? 0)) : 0;
  let x = 0;
  const bars = [...parts, ['open', open] as const].flatMap(([name, ms = 0]) => {
    const bar = { name, x, width: (Math.max(0, ms) / longest) * 100 };
    x += bar.width;
    return bar.width > 0 ? [bar] : [];
  });
  const words = parts.map(([name, ms]) => `${name} ${timeSpan(ms)}`).join(', ');
  return (
    <div class="phases">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={words}>
        <rect class="phase-rail" x={0} y={0} width={100} height={8} />
        {bars.map(({ name, x: left, width }) => (
          <rect key={name} class={`phase-${name}`} x={left} y={0} width={width} height={8} />
        ))}
        {cursor !== undefined && (
          <rect
            class="phase-cursor"
            x={Math.min(99.6, Math.max(0, ((cursor - stamps.manifest) / longest) * 100))}
            y={0}
            width={0.4}
            height={8}
          />
        )}
      </svg>
      <p>
        {parts.map(([name, ms]) => (
          <span key={name} class={`phase-name phase-${name}`}>
            {name} {timeSpan(ms)}
          </span>
        ))}
        <strong>
          {repairMs === undefined ? 'for ' : '= '}
          {timeSpan(total)}
        </strong>
      </p>
    </div>
  );
}
