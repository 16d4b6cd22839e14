const brand: unique symbol = Symbol('markup');

/**
 * A piece of HTML that is safe to put into a page. Only `markup` creates it, so a string from outside cannot pass as
 * markup.
 */
export interface Markup {
  readonly [brand]: true;
  readonly text: string;
}

/**
 * The values that a template accepts in `${}`: text is escaped, markup is not; `undefined`, `null` and `false` give
 * nothing.
 */
export type Interpolated = string | number | Markup | undefined | null | false | readonly Interpolated[];

/**
 * The tag of every template: whatever is interpolated is escaped, for text and for quoted attributes alike, unless it
 * is markup.
 *
 *     markup`<a href="${url}">${title}</a>`       url and title cannot break out of their places
 *
 * Attributes must be quoted with `"`. URLs from outside must have gone through `webAddress` (urls.ts) first.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Interpolated[]): Markup {
  let text = strings[0]!;
  for (let i = 0; i < values.length; i++) text += rendered(values[i]) + strings[i + 1]!;
  return { [brand]: true, text };
}

/** `text` with the five characters that mean something in HTML replaced. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (character) => entities[character]!) : text;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function rendered(value: Interpolated): string {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (isMarkup(value)) return value.text;
  let text = '';
  for (const part of value) text += rendered(part);
  return text;
}

function isMarkup(value: object): value is Markup {
  return brand in value;
}
