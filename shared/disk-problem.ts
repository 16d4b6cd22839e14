/** What the system says when a disk takes nothing more. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'is full',
  EDQUOT: 'is full for this user (quota)',
  EROFS: 'is read-only',
  EIO: 'fails (input/output error)',
};

/** A sentence that names the disk of `folder`, where `error` comes from it; undefined for any other error. */
export function diskProblem(error: unknown, folder: string): string | undefined {
  const reason = reasons[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return reason && `the disk of ${folder} ${reason}`;
}
