interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}
export function covers(have: Readonly<Record<string, Package>>, want: Readonly<Record<string, Package>>): boolean;
