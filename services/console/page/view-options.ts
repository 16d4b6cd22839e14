import type { Moment } from './moment.ts';
import type { State, Store } from './store.ts';

/** The properties that every view gets. */
export interface ViewOptions {
  readonly moment: Moment;
  readonly state: State;
  readonly store: Store;
}
