/**
 * One line of the fault journal. `at` is unix ms. `inject` begins a fault and `heal` ends it; other events are ignored.
 */
export interface JournalEvent {
  at: number;
  event: string;
  id: string;
  kind: string;
  target: string;
}
