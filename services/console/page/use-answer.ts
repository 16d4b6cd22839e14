import { useEffect, useState } from 'preact/hooks';
import { getJson } from './ask.ts';

/** Asks an address once. Gives its answer, or the reason why there is none. */
export function useAnswer<T>(path: string): { readonly value?: T; readonly problem?: string } {
  const [answer, setAnswer] = useState<{ value?: T; problem?: string }>({});
  useEffect(() => {
    let stopped = false;
    getJson<T>(path).then(
      (value) => stopped || setAnswer({ value }),
      (error: Error) => stopped || setAnswer({ problem: error.message }),
    );
    return () => void (stopped = true);
  }, [path]);
  return answer;
}
