import pino from 'pino';

/** A log whose lines can be read. */
export function readableLog(): { log: pino.Logger; lines: () => { msg: string; refusal?: string }[] } {
  const written: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void written.push(line) });
  return { log, lines: () => written.map((line) => JSON.parse(line) as { msg: string; refusal?: string }) };
}
