import type { ReportedFault } from './sources.ts';

/** The nodes that people would call broken. */
export function brokenBy({ casualties, victims }: Pick<ReportedFault, 'casualties' | 'victims'>): readonly string[] {
  return casualties.length > 0 ? casualties : victims.map(({ node }) => node);
}
