import { useEffect, useState } from 'preact/hooks';
import { getJson } from './ask.ts';

/** Asks an address every two seconds, and gives the last answer; undefined before the first one. */
export function useRepeated<T>(path: string): T | undefined {
  const [value, setValue] = useState<T>();
  useEffect(() => {
    let stopped = false;
    const ask = () => {
      getJson<T>(path).then(
        (answer) => stopped || setValue(answer),
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, 2_000);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, [path]);
  return value;
}
