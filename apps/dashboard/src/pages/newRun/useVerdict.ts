import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const AFTER_MS = 400;

/** A value once it has stood still for a moment. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** What the server says of a text once it has stood still; nothing while there is none. */
export function useVerdict<Verdict>(
  what: string,
  text: string | null,
  ask: (value: unknown) => Promise<Verdict>,
): UseQueryResult<Verdict> {
  const settled = useSettled(text);
  return useQuery({
    queryKey: ['verdict', what, settled],
    queryFn: () => ask(JSON.parse(settled ?? 'null')),
    enabled: settled !== null,
    staleTime: Infinity,
  });
}
