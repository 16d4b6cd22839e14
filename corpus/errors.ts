/** What can go wrong with the corpus, for a person to read: the message is one clear sentence. */
export const corpusErrorCodes = [
  'not_found',
  'bad_name',
  'bad_target',
  'not_allowed',
  'nothing_valid',
  'locked',
  'cancelled',
  'damaged',
  'failed',
] as const;

export type CorpusErrorCode = (typeof corpusErrorCodes)[number];

export class CorpusError extends Error {
  readonly code: CorpusErrorCode;

  constructor(code: CorpusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CorpusError';
    this.code = code;
  }
}

/** Throws `cancelled` once the signal has aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CorpusError('cancelled', 'Stopped before it was complete: nothing was changed.');
}
