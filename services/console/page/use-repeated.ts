import { useEffect, useState } from 'preact/hooks';
import { getJson } from './ask.ts';

/** The answer of an address, which is asked every two seconds while the page shows it. */
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
