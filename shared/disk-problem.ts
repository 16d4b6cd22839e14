/** The error codes of a disk that accepts no more data. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'is full',
  EDQUOT: 'is full for this user (quota)',
  EROFS: 'is read-only',
  EIO: 'fails (input/output error)',
};

/** A sentence that names the disk of `folder` if `error` is one of these errors; undefined for any other error. */
export function diskProblem(error: unknown, folder: string): string | undefined {
  const reason = reasons[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return reason && `the disk of ${folder} ${reason}`;
}
