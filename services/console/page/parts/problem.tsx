/** Shows why the last order failed, and nothing if it did not fail. Screen readers read it at once. */
export function ProblemText({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="warning" role="alert">
      {text}
    </p>
  );
}
