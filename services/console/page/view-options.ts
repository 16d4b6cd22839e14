import type { Moment } from './moment.ts';
import type { State, Store } from './store.ts';

/** What every view gets. */
export interface ViewOptions {
  readonly moment: Moment;
  readonly state: State;
  readonly store: Store;
}
