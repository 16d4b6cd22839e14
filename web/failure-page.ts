import { layout, type AssetUrls } from './layout.ts';
import { markup } from './markup.ts';

/** What went wrong, in words for a reader. Never a stack trace. */
export interface Failure {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId?: string | undefined;
  /** Where trying again could help. */
  readonly retryUrl?: string | undefined;
  /** What was searched for, so that it is not lost. */
  readonly q?: string | undefined;
}

/** A page that says what failed. Needs no other tier: the client shows it when nobody else answers. */
export function failurePage(failure: Failure, assets: AssetUrls): string {
  const { status, title, detail, requestId, retryUrl, q = '' } = failure;
  const main = markup`<article class="failure">
<p class="status">${status}</p>
<h1>${title}</h1>
<p class="detail">${detail}</p>
<p class="actions">${retryUrl !== undefined && markup`<a class="button" href="${retryUrl}">Try again</a> `}<a href="/">Go to the start</a></p>
${requestId !== undefined && markup`<p class="request">Request <code>${requestId}</code>: its name in logs and traces.</p>`}
</article>`;
  return layout({ title: `${title} - Tierlab`, kind: 'inner', box: { q }, main }, assets);
}
