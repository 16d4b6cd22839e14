/** Label names and their values. */
export type Labels = Readonly<Record<string, string>>;

/** One sample in Prometheus's text format, without the labels that all samples of a process share. */
export interface Line {
  readonly name: string;
  readonly labels: string;
  readonly value: string;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, (character) => escapes[character]!)}"`)
    .join(',');
}

const numberText = (value: number): string =>
  Math.abs(value) === Infinity ? (value > 0 ? '+Inf' : '-Inf') : `${value}`;

/** The upper bounds of the buckets, as the label `le` gives them. */
export const boundsText = (bounds: readonly number[]): string[] => [...bounds, Infinity].map(numberText);

export function lineOf(name: string, labels: Labels, value: number): Line {
  return { name, labels: labelsText(labels), value: numberText(value) };
}

/** The text of a metric: what it means, its type, and its samples. `shared`: the labels that all samples have. */
export function familyText(
  name: string,
  { help, type, lines }: { readonly help: string; readonly type: string; readonly lines: Iterable<Line> },
  shared: string,
): string {
  let text = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  for (const { name: series, labels, value } of lines) {
    const all = labels && shared ? `${labels},${shared}` : labels || shared;
    text += all ? `${series}{${all}} ${value}\n` : `${series} ${value}\n`;
  }
  return text;
}
