import { fitLine } from '../loadgen/report/fit-line.ts';
import { terminalStyle } from '../loadgen/report/terminal-style.ts';

/** Text on the terminal. Lines are coloured and rewritten only where there is a terminal; NO_COLOR forbids colour. */
export interface Terminal {
  readonly interactive: boolean;
  readonly line: (text: string) => void;
  /** A progress bar on one line; without a terminal, a plain line at each tenth. */
  readonly progress: (label: string, done: number, total: number) => void;
  /** Ends the progress line, if one is open. */
  readonly settle: () => void;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly info: (text: string) => string;
}

const barWidth = 28;

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  const interactive = stream.isTTY === true;
  const { bold, dim, green, red, yellow, cyan } = terminalStyle(stream);
  let open = false;
  let lastStep = '';

  function settle(): void {
    if (open) stream.write('\n');
    open = false;
    lastStep = '';
  }

  return {
    interactive,
    line(text) {
      settle();
      stream.write(`${text}\n`);
    },
    progress(label, done, total) {
      const share = total === 0 ? 1 : Math.min(1, done / total);
      if (!interactive) {
        const step = `${label} ${Math.floor(share * 10)}`;
        if (step !== lastStep) stream.write(`${label} ${Math.round(share * 100)}%\n`);
        lastStep = step;
        return;
      }
      const filled = Math.round(share * barWidth);
      const bar = `${'━'.repeat(filled)}${dim('━'.repeat(barWidth - filled))}`;
      const text = `${label.padEnd(22)} ${bar} ${done.toLocaleString('en')}/${total.toLocaleString('en')}`;
      stream.write(`\r\u001B[K${fitLine(text, stream.columns)}`);
      open = true;
      if (share === 1) settle();
    },
    settle,
    bold,
    dim,
    good: green,
    warn: yellow,
    bad: red,
    info: cyan,
  };
}
