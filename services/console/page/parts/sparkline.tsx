/** A line without axes: how a number went over the last minutes. Gaps where it was unknown. */
export function Sparkline({ values, label }: { values: readonly (number | undefined)[]; label: string }) {
  const [width, height] = [120, 28];
  const known = values.filter((value) => value !== undefined);
  const most = Math.max(...known, 0);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const y = (value: number) => height - 2 - (most === 0 ? 0 : (value / most) * (height - 4));
  let path = '';
  let pen = false;
  values.forEach((value, i) => {
    if (value === undefined) return void (pen = false);
    path += `${pen ? 'L' : 'M'}${(i * step).toFixed(1)},${y(value).toFixed(1)}`;
    pen = true;
  });
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
