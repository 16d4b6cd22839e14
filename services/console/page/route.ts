import { useEffect, useState } from 'preact/hooks';

/** `#/node/ranking-2` -> ['node', 'ranking-2']. The page has one document; its views are behind the hash. */
export function useRoute(): readonly string[] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    // The address may have changed after the first picture, before anybody listened.
    follow();
    return () => removeEventListener('hashchange', follow);
  }, []);
  return hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);
}
