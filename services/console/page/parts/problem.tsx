/** Why the last order failed; nothing where it did not. Screen readers say it at once. */
export function Problem({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="warning" role="alert">
      {text}
    </p>
  );
}
