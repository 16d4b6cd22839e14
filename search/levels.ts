/** The three levels of a multitier system. */
export type Level = 'user-interface' | 'processing' | 'data';

/** The level of a component, or of the tier with its name. */
export function levelOf(component: string): Level {
  if (component === 'client') return 'user-interface';
  return component === 'database' ? 'data' : 'processing';
}
