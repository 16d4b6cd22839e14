/** Components that watch and steer the others: no search needs them. */
export const controlPlane: ReadonlySet<string> = new Set(['monitor', 'chaos', 'traces', 'console']);
