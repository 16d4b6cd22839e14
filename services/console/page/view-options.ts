import type { Moment } from './moment.ts';
import type { ConsoleState, ConsoleStore } from './store.ts';

/** The properties that every view gets. */
export interface ViewOptions {
  readonly moment: Moment;
  readonly state: ConsoleState;
  readonly store: ConsoleStore;
}
