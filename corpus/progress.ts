/** Where a long piece of work stands. `total` is absent while it is not known. */
export interface Progress {
  readonly phase: 'read' | 'rank' | 'index' | 'crawl' | 'import';
  readonly done: number;
  readonly total?: number;
}

export type OnProgress = (progress: Progress) => void;
