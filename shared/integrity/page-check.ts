import type { Call } from '../rpc/call.ts';
import type { ReplyChecks } from '../rpc/layers/verify.ts';
import { type SignedPage, verifyPage } from '../security/signing.ts';

interface StoredPage extends SignedPage {
  readonly version: number;
  readonly signature?: string;
}

/** What a reader that holds the processing tier's key believes of pages: those that it asked for, as they were signed. */
export function pageChecks(key: Uint8Array): ReplyChecks {
  return {
    'database.pages': (call: Call, body: unknown) => {
      const { ids } = call.request as { ids: readonly string[] };
      const { pages } = body as { pages: readonly StoredPage[] };
      const seen = new Set<string>();
      for (const page of pages) {
        if (!ids.includes(page.id)) return `page ${page.id} was not asked for`;
        if (seen.has(page.id)) return `page ${page.id} comes twice`;
        seen.add(page.id);
        if (page.signature === undefined) return `page ${page.id} is not signed`;
        if (!verifyPage(key, page, page.version, page.signature)) return `page ${page.id} is not what was signed`;
      }
      return undefined;
    },
  };
}
