import { GradstreamError } from '@gradstream/sdk';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const AFTER_MS = 400;

/** A value once it has stood still for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export interface Asked<Verdict> {
  /** The last answer; of a refusal, what was told with it. */
  readonly verdict: Verdict | undefined;
  /** Whether it is of the text as it stands. */
  readonly isCurrent: boolean;
  /** Why there is no answer. */
  readonly error: unknown;
}

/** What was asked, or what a refusal tells of its reasons. */
async function orRefusal<Verdict>(
  answer: Promise<Verdict>,
  refused: (error: GradstreamError) => Verdict,
): Promise<Verdict> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GradstreamError && error.errors.length > 0) return refused(error);
    throw error;
  }
}

/** What the server says of a text once it has stood still; nothing while there is none. The answer before stays meanwhile. */
export function useVerdict<Verdict>(
  what: string,
  text: string | null,
  ask: (value: unknown) => Promise<Verdict>,
  refused: (error: GradstreamError) => Verdict,
): Asked<Verdict> {
  const settled = useSettled(text);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['verdict', what, settled],
    queryFn: () => orRefusal(ask(JSON.parse(settled ?? 'null')), refused),
    enabled: settled !== null,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  return {
    verdict: data,
    isCurrent: data !== undefined && settled === text && text !== null && !isPlaceholderData,
    error,
  };
}
