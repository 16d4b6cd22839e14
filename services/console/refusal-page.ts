import { markup, type Markup } from '../../web/markup.ts';
import { frame } from './frame.ts';

interface Refusal {
  readonly reason: string;
  /** The node that was to be broken. */
  readonly node?: string;
  /** Where to insist on it, where one may. */
  readonly anyway?: string | undefined;
}

/** Why a wish was not granted. */
export function refusalPage({ reason, node, anyway }: Refusal): string {
  return page(
    'Refused',
    markup`<p class="warning" role="alert">${forPeople(reason)}</p>
${anyway !== undefined && markup`<form method="post" action="${anyway}"><button class="halt">Do it anyway</button> <small>users may notice: that is the lesson</small></form>`}`,
    node,
  );
}

export function notFoundPage(what: string): string {
  return page('Not found', markup`<p>${what}</p>`);
}

/** The chaos controller names the parameter with which to insist; here there is a button for it. */
function forPeople(reason: string): string {
  return reason.replaceAll(', or beyondTolerance', '');
}

/** A page that says one thing and stays as it is. */
function page(title: string, says: Markup, node?: string): string {
  const main = markup`${says}
<p><a href="${node === undefined ? '/' : `/nodes/${node}`}">Back to ${node ?? 'the console'}</a></p>`;
  return frame(title, markup`<p><a href="/">← Tierlab console</a></p><h1>${title}</h1>`, main, false);
}
