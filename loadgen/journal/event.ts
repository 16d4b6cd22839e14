/**
 * One line of the fault journal. `at` is unix ms. "inject" and "heal" bound a fault; what lies between (manifest, detect, diagnose,
 * fix, steady, ...) is the incident's course.
 */
export interface JournalEvent {
  at: number;
  event: string;
  id: string;
  kind: string;
  target: string;
}
