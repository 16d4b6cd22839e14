import { layout, type AssetUrls } from './layout.ts';
import { markup } from './markup.ts';

/** The error, in words for a reader. Never a stack trace. */
export interface PageFailure {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId?: string | undefined;
  /** The address to try again, if that can help. */
  readonly retryUrl?: string | undefined;
  /** The query, so that the user does not lose it. */
  readonly q?: string | undefined;
}

/** A page that explains the error. It needs no other tier, so the client can show it when no gateway answers. */
export function failurePage(failure: PageFailure, assets: AssetUrls): string {
  const { status, title, detail, requestId, retryUrl, q = '' } = failure;
  const retry = retryUrl !== undefined && markup`<a class="button" href="${retryUrl}">Try again</a> `;
  const request = requestId !== undefined && markup`Request <code>${requestId}</code>: its name in logs and traces.`;
  const main = markup`<article class="failure">
<p class="status">${status}</p>
<h1>${title}</h1>
<p class="detail">${detail}</p>
<p class="actions">${retry}<a href="/">Go to the start</a></p>
${request && markup`<p class="request">${request}</p>`}
</article>`;
  return layout({ title: `${title} - Tierlab`, kind: 'inner', box: { q }, main }, assets);
}
