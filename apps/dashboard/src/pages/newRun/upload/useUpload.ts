import type { Dataset } from '@gradstream/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useClient, useSession } from '../../../session/SessionProvider.js';
import { begunUpload, sendFile, type Begun, type Place, type WantedUpload } from './send.js';

export type UploadState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'chosen'; readonly file: File; readonly begun: Begun | null }
  | {
      readonly kind: 'sending';
      readonly wanted: WantedUpload;
      readonly sent: number;
      /** Bytes that had arrived before. */
      readonly reused: number;
      readonly stop: () => void;
    }
  | { readonly kind: 'failed'; readonly error: unknown; readonly retry: () => void };

export interface Uploading {
  readonly state: UploadState;
  readonly choose: (file: File) => Promise<void>;
  readonly send: (wanted: WantedUpload) => Promise<void>;
  readonly drop: () => void;
}

/** One file on its way: chosen, sent, and what came of it. */
export function useUpload(onDone: (dataset: Dataset) => void): Uploading {
  const client = useClient();
  const { current } = useSession();
  const cache = useQueryClient();
  const [state, setState] = useState<UploadState>({ kind: 'idle' });
  const under = useRef<AbortController>(null);
  // Who leaves the page stops the upload; the same file, chosen again, goes on where it was.
  useEffect(() => () => under.current?.abort(new Error('The page was left.')), []);
  const place: Place = { client, project: current?.project ?? '', storage: window.localStorage };

  const choose = async (file: File): Promise<void> => {
    try {
      setState({ kind: 'chosen', file, begun: await begunUpload(place, file) });
    } catch (error) {
      setState({ kind: 'failed', error, retry: () => void choose(file) });
    }
  };
  const send = async (wanted: WantedUpload): Promise<void> => {
    const stopped = new AbortController();
    under.current?.abort(new Error('Another file was chosen.'));
    under.current = stopped;
    const stop = (): void => stopped.abort(new Error('You stopped the upload.'));
    let reused = 0;
    const onProgress = (sent: number): void => setState({ kind: 'sending', wanted, sent, reused, stop });
    const onReused = (bytes: number): void => {
      reused = bytes;
      onProgress(bytes);
    };
    onProgress(0);
    try {
      const dataset = await sendFile(place, wanted, { signal: stopped.signal, onProgress, onReused });
      await cache.invalidateQueries({ queryKey: ['datasets'] });
      setState({ kind: 'idle' });
      onDone(dataset);
    } catch (error) {
      setState({ kind: 'failed', error, retry: () => void send(wanted) });
    }
  };
  return { state, choose, send, drop: () => setState({ kind: 'idle' }) };
}
