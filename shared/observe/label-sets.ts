/** Label names and their values. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The most sets of label values of one metric in one process. Prometheus keeps each in memory for hours, so a metric
 * must not grow with what callers send.
 */
const maxLabelSets = 99;

/** Further sets of label values are counted together, under this value of every label. */
const overflow = 'other';

interface LabelSets<S> {
  /** The series of these label values; `create` makes it when they are new. */
  of(values: Labels): S;
  remove(values: Labels): void;
  clear(): void;
}

/** The series of one metric. A metric without labels has its one series from the start. */
export function labelSets<S>(labelNames: readonly string[], create: (labels: Labels) => S): LabelSets<S> {
  const all = new Map<string, S>();
  const keyOf = (values: Labels): string => labelNames.map((name) => values[name] ?? '').join('\n');
  const named = (valueOf: (name: string) => string): Labels =>
    Object.fromEntries(labelNames.map((name) => [name, valueOf(name)]));
  const everyOther = named(() => overflow);
  const sets: LabelSets<S> = {
    of(values) {
      const key = keyOf(values);
      const found = all.get(key);
      if (found) return found;
      if (all.size >= maxLabelSets - 1 && key !== keyOf(everyOther)) return sets.of(everyOther);
      const series = create(named((name) => values[name] ?? ''));
      all.set(key, series);
      return series;
    },
    remove: (values) => void all.delete(keyOf(values)),
    clear: () => all.clear(),
  };
  if (labelNames.length === 0) sets.of({});
  return sets;
}
