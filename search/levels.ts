/** The three levels of a multitier system. */
export type Level = 'user-interface' | 'processing' | 'data';

/** The level of a component. A tier is named after its component, so `component` may also be the name of a tier. */
export function levelOf(component: string): Level {
  if (component === 'client') return 'user-interface';
  return component === 'database' ? 'data' : 'processing';
}
