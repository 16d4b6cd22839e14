import { Compile } from 'typebox/compile';
import { maxDatagramBytes, overheadBytes } from './heartbeat-wire.ts';
import { View } from './view.ts';

/** A view of 21 nodes takes two datagrams. */
const partBytes = maxDatagramBytes - overheadBytes - 64;

export function viewParts(view: View): readonly Uint8Array[] {
  const bytes = Buffer.from(JSON.stringify(view));
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * partBytes, (i + 1) * partBytes));
}

interface Part {
  readonly version: number;
  readonly part: number;
  readonly of: number;
}

export interface ViewAssembly {
  /** Returns the whole view when its last part has arrived; otherwise undefined. */
  readonly take: (part: Part, body: Uint8Array) => View | undefined;
}

/** Puts views together again, whatever order their parts come in: only the newest version counts. */
export function createViewAssembly(): ViewAssembly {
  let version = 0;
  let of = 0;
  let parts = new Map<number, Uint8Array>();
  let check: { Check(value: unknown): boolean } | undefined;

  return {
    take(part, body) {
      if (part.version < version || part.part >= part.of) return undefined;
      if (part.version > version || part.of !== of) {
        ({ version, of } = part);
        parts = new Map();
      }
      parts.set(part.part, Buffer.from(body));
      if (parts.size < of) return undefined;
      const text = Buffer.concat(Array.from({ length: of }, (_, i) => parts.get(i)!)).toString();
      parts = new Map();
      try {
        const view: unknown = JSON.parse(text);
        return (check ??= Compile(View)).Check(view) ? (view as View) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
