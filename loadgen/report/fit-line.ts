/**
 * Cuts a line to the width of the terminal (80 where it is unknown), not counting colour codes. A wrapped line could
 * not be rewritten.
 */
export function fitLine(line: string, columns = 80): string {
  let width = 0;
  let out = '';
  // eslint-disable-next-line no-control-regex
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b')) out += part;
    else {
      const room = Math.max(0, columns - 1 - width);
      out += part.slice(0, room);
      width += Math.min(part.length, room);
    }
  }
  return out;
}
