/** The message of a CorpusError is one sentence for the user. */
export type CorpusErrorCode =
  | 'not_found'
  | 'bad_name'
  | 'bad_target'
  | 'not_allowed'
  | 'nothing_valid'
  | 'cancelled'
  | 'damaged'
  | 'failed';

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
  if (signal?.aborted) throw new CorpusError('cancelled', 'Stopped before the end. Nothing was changed.');
}

const causes: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  EIO: 'the disk does not work',
  ENOENT: 'it does not exist, or cannot be made',
  EEXIST: 'a file has this name, and a folder is needed',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EISDIR: 'it is a folder, and a file is needed',
  ENAMETOOLONG: 'this name is too long',
  ELOOP: 'its links form a circle',
};

/** Explains failures of the operating system in plain words. Other errors stay as they are. */
export function inPlainWords(thrown: unknown): unknown {
  const { code, path } = thrown as NodeJS.ErrnoException;
  if (thrown instanceof CorpusError || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) return thrown;
  const where = path === undefined ? '' : ` ${path}`;
  return new CorpusError(
    'failed',
    `The operating system refused access to${where || ' a file'}: ${causes[code] ?? code}. Nothing was changed.`,
    {
      cause: thrown,
    },
  );
}
