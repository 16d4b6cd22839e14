/** One request of a workload. */
export interface Request {
  method: string;
  /** Path and query as sent (percent-encoded). */
  target: string;
  headers?: Record<string, string>;
  body?: string;
  /** What it is, for the report: search, suggest, page or a path */
  name: string;
  /** Statuses that are right; default any 2xx or 3xx. */
  expect?: readonly number[];
  /** The shape that the answer must have; default the one of its name, if it has one. */
  schema?: string;
  /** Under which key the oracle knows the answer; default the target of a GET. null: not comparable. */
  key?: string | null;
}

/** An answer as a scenario sees it. */
export interface Answer {
  status: number;
  body: string;
  /** The body as JSON, undefined when it is none. */
  json(): unknown;
}

export function answerOf(status: number, body: Buffer): Answer {
  let text: string | undefined;
  return {
    status,
    get body() {
      return (text ??= body.toString('utf8'));
    },
    json() {
      try {
        return JSON.parse(this.body) as unknown;
      } catch {
        return undefined;
      }
    },
  };
}

const bodiless = new Map<number, Answer>();

/** The answer to a request whose body nobody looks at: one object per status, so that most answers allocate none. */
export function bodilessAnswer(status: number): Answer {
  let answer = bodiless.get(status);
  if (!answer) bodiless.set(status, (answer = { status, body: '', json: () => undefined }));
  return answer;
}

/** What a session does next: ask and be given the answer (undefined when there was none), or pause. */
export type Step = Request | { thinkMs: number };
export type Session = Generator<Step, void, Answer | undefined>;
