interface Outcome {
  readonly status: number | null;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly error?: { readonly code?: string; readonly message: string };
}
export function judge(
  outcome: Outcome | undefined,
  release: { readonly family: readonly string[] },
): string | undefined;
