import { markup, type Markup } from '../html/markup.ts';
import { frame } from './frame.ts';

/** Why a wish was not granted; `anyway`: where to insist on it, where one may. */
export function refusalPage(reason: string, anyway?: string): string {
  return page(
    'Refused',
    markup`<p class="warning" role="alert">${reason}</p>
${anyway !== undefined && markup`<form method="post" action="${anyway}"><button class="halt">Do it anyway</button> <small>users may notice: that is the lesson</small></form>`}`,
  );
}

export function notFoundPage(what: string): string {
  return page('Not found', markup`<p>${what}</p>`);
}

/** A page that says one thing and stays as it is. */
function page(title: string, says: Markup): string {
  const main = markup`${says}
<p><a href="/">Back to the console</a></p>`;
  return frame(title, markup`<h1>${title}</h1>`, main, false);
}
