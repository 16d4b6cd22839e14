import { styleText } from 'node:util';

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Terminal styles. Each returns its text unchanged where the stream takes no colour. */
export type TerminalStyle = Record<Format, (text: string) => string>;

/**
 * The styles of one stream. Node.js decides about colour: it needs a terminal, NO_COLOR and TERM=dumb forbid it, and
 * FORCE_COLOR forces it.
 */
export function terminalStyle(stream: NodeJS.WritableStream): TerminalStyle {
  const style = (format: Format) => (text: string) => styleText(format, text, { stream });
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    cyan: style('cyan'),
  };
}
