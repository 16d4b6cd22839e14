import { Marked } from 'marked';
import { escapeHtml } from '../../web/markup.ts';

/**
 * Makes HTML of a lab's text. Raw HTML in it is shown as text, and links lead to other sites only, because the page has
 * no files. The first heading is left out: it is the heading of the page.
 */
export const htmlOf = (text: string): string => parser.parse(text.replace(/^# .*\n/, ''), { async: false });

const parser = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    code: ({ text }) => `<pre tabindex="0" role="group" aria-label="Picture or example">${escapeHtml(text)}</pre>\n`,
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      return /^https?:\/\//.test(href) ? `<a href="${escapeHtml(href)}" rel="noreferrer">${words}</a>` : words;
    },
    image: ({ text }) => escapeHtml(text),
    table(token) {
      const cells = (row: typeof token.header, name: 'td' | 'th') =>
        row.map((cell) => `<${name}>${this.parser.parseInline(cell.tokens)}</${name}>`).join('');
      const body = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
      return (
        '<div class="scroll" tabindex="0" role="group" aria-label="Table">' +
        `<table><thead><tr>${cells(token.header, 'th')}</tr></thead><tbody>${body}</tbody></table></div>\n`
      );
    },
  },
});
