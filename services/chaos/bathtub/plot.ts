import type { LifeTableRow } from './life-table.ts';

const width = 720;
const height = 400;
const margin = { left: 70, right: 16, top: 36, bottom: 48 };

/**
 * The failure rate over age as a self-contained SVG: bars with their 95% intervals = observed, line = theory.
 * Logarithmic upwards, because infancy is orders of magnitude above the flat bottom. `unitMs`: what one unit of age is
 * (1,000 = seconds).
 */
export function bathtubSvg(
  rows: readonly LifeTableRow[],
  options: { title: string; unit: string; unitMs: number },
): string {
  const { title, unit, unitMs } = options;
  const rates = rows
    .flatMap(({ expected, observed, low, high }) => [expected, observed, low, high])
    .filter((rate) => rate > 0);
  const top = Math.max(...rates) * 1.5;
  const bottom = Math.min(...rates) / 1.5;
  const lastMs = rows.at(-1)?.toMs ?? 1;
  const x = (ms: number) => margin.left + (ms / lastMs) * (width - margin.left - margin.right);
  const y = (rate: number) => {
    const share = Math.log(Math.max(rate, bottom) / bottom) / Math.log(top / bottom);
    return height - margin.bottom - share * (height - margin.top - margin.bottom);
  };
  const n = (value: number) => value.toFixed(1);

  const bars = rows.map((row) => {
    const middle = (x(row.fromMs) + x(row.toMs)) / 2;
    const bar = `<rect class="observed" x="${n(x(row.fromMs))}" y="${n(y(row.observed))}" width="${n(x(row.toMs) - x(row.fromMs))}" height="${n(height - margin.bottom - y(row.observed))}"/>`;
    return `${bar}<line class="interval" x1="${n(middle)}" x2="${n(middle)}" y1="${n(y(row.low))}" y2="${n(y(row.high))}"/>`;
  });
  const points = rows.map((row) => `${n((x(row.fromMs) + x(row.toMs)) / 2)},${n(y(row.expected))}`).join(' ');
  const ages = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const label = Number(((share * lastMs) / unitMs).toPrecision(3));
    return `<text x="${n(x(share * lastMs))}" y="${height - margin.bottom + 18}" text-anchor="middle">${label}</text>`;
  });
  const decades: string[] = [];
  for (let e = Math.ceil(Math.log10(bottom * unitMs)); e <= Math.log10(top * unitMs); e++) {
    const at = n(y(10 ** e / unitMs));
    decades.push(`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/>`);
    decades.push(`<text x="${margin.left - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">1e${e}</text>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="12">
<title>${escapeXml(title)}</title>
<style>.observed{fill:#9ecae1}.interval{stroke:#3182bd;stroke-width:1.5}.expected{fill:none;stroke:#d94801;stroke-width:2}.grid{stroke:#ddd}</style>
<text x="${width / 2}" y="20" text-anchor="middle" font-size="14">${escapeXml(title)}</text>
${decades.join('')}${bars.join('')}
<polyline class="expected" points="${points}"/>
${ages.join('')}
<text x="${width / 2}" y="${height - 8}" text-anchor="middle">age (${escapeXml(unit)}); bars: observed failures per ${escapeXml(unit)} of running, line: theory</text>
</svg>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
