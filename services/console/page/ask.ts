/** The longest wait for an answer, ms. The chaos controller first measures whether the cluster is steady. */
const patienceMs = 15_000;

/** A problem that the console reported (RFC 9457), with its code. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** Asks the console; rejects with `Refused`, or with the browser's error where nobody answers. */
export async function getJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(patienceMs), ...init });
  const body = (await response.json()) as T & { code?: string; detail?: string };
  if (!response.ok) throw new Refused(body.code ?? 'internal', body.detail ?? `status ${response.status}`);
  return body;
}

export function send<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return getJson<T>(path, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
}
