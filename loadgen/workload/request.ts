/** One request of a workload. */
export interface Request {
  method: string;
  /** Path and query as sent (percent-encoded). */
  target: string;
  headers?: Record<string, string>;
  body?: string;
  /** Its name in the report: search, suggest, page or a path. */
  name: string;
  /** The expected statuses; by default any 2xx or 3xx. */
  expect?: readonly number[];
  /** The shape that the answer must have: search, page or suggest. Without it, the shape is not checked. */
  schema?: string;
  /** The oracle's key for the answer; by default the target of a GET. null: not comparable. */
  key?: string | null;
}

/** An answer as a scenario sees it. */
export interface Answer {
  status: number;
  body: string;
  /** The body as JSON; undefined when it is not JSON. */
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

/** The answer when nothing reads the body: one object per status, so that most answers allocate none. */
export function bodilessAnswer(status: number): Answer {
  let answer = bodiless.get(status);
  if (!answer) bodiless.set(status, (answer = { status, body: '', json: () => undefined }));
  return answer;
}

/** The next step of a session: send a request and get its answer (undefined when there was none), or pause. */
export type Step = Request | { thinkMs: number };
export type Session = Generator<Step, void, Answer | undefined>;
