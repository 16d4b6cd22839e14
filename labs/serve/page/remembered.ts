import { useState } from 'preact/hooks';

/** A text that this browser keeps, so that a page that is loaded again has it. */
export function useRemembered(name: string): readonly [string, (text: string) => void] {
  const key = `tierlab-labs ${name}`;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? '');
  return [
    text,
    (next) => {
      localStorage.setItem(key, next);
      setText(next);
    },
  ];
}
