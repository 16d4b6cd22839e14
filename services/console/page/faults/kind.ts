/** The part of a JSON schema that the form understands. */
export interface Property {
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A kind of fault as the chaos controller describes it. */
export interface DescribedFaultKind {
  readonly kind: string;
  readonly summary: string;
  readonly params: { readonly properties: Readonly<Record<string, Property>> };
}
