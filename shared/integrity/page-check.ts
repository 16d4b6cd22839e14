import { hash } from 'node:crypto';
import type { Call } from '../rpc/call.ts';
import type { CheckResult, ReplyChecks } from '../rpc/layers/trust/verify.ts';
import { canonical, type SignedPage, verifyPage } from '../security/signing.ts';

interface StoredPage extends SignedPage {
  readonly version: number;
  readonly signature?: string;
}

/** A reader with the processing key accepts only pages that it asked for and whose signature fits. */
export function pageChecks(key: Uint8Array): ReplyChecks {
  return {
    'database.pages': (call: Call, body: unknown): CheckResult => {
      const { ids } = call.request as { ids: readonly string[] };
      const { pages } = body as { pages: readonly StoredPage[] };
      const seen = new Set<string>();
      for (const page of pages) {
        if (!ids.includes(page.id)) return { kind: 'lie', why: `page ${page.id} was not asked for` };
        if (seen.has(page.id)) return { kind: 'lie', why: `page ${page.id} comes twice` };
        seen.add(page.id);
        if (page.signature === undefined) return doubt(page, `page ${page.id} is not signed`);
        if (!verifyPage(key, page, page.version, page.signature))
          return doubt(page, `page ${page.id} is not what was signed`);
      }
      return { kind: 'right', items: [...seen] };
    },
  };
}

function doubt(page: StoredPage, why: string): CheckResult {
  const content = hash('sha256', `${page.signature} ${canonical(page, page.version)}`);
  return { kind: 'doubt', item: page.id, content, why };
}
