import { markup, type Markup } from '../../web/markup.ts';
import { frame } from './frame.ts';

interface Refusal {
  readonly reason: string;
  /** The node of the refused fault. */
  readonly node?: string;
  /** The address that injects the fault anyway, if that is allowed. */
  readonly anyway?: string | undefined;
}

/** A page that explains why a fault was refused. */
export function refusalPage({ reason, node, anyway }: Refusal): string {
  return page(
    'Refused',
    markup`<p class="warning" role="alert">${forPeople(reason)}</p>
${anyway !== undefined && markup`<form method="post" action="${anyway}"><button class="halt">Do it anyway</button> <small>users may notice the fault</small></form>`}`,
    node,
  );
}

export function notFoundPage(what: string): string {
  return page('Not found', markup`<p>${what}</p>`);
}

/** The controller's message names the parameter that overrides the refusal; the page has a button instead. */
function forPeople(reason: string): string {
  return reason.replaceAll(', or beyondTolerance', '');
}

/** A page with one message that does not update. */
function page(title: string, says: Markup, node?: string): string {
  const main = markup`${says}
<p><a href="${node === undefined ? '/' : `/nodes/${node}`}">Back to ${node ?? 'the console'}</a></p>`;
  return frame(title, markup`<p><a href="/">← Tierlab console</a></p><h1>${title}</h1>`, main, false);
}
