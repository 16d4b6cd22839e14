/** The progress of a long task. `total` is absent while it is unknown. */
export interface TaskProgress {
  readonly phase: 'read' | 'rank' | 'index' | 'crawl' | 'import';
  readonly done: number;
  readonly total?: number;
}

export type OnProgress = (progress: TaskProgress) => void;
