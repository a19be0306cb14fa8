// Subscribers of a run's metrics that can stop reading: their socket is paused, so that nothing leaves the server
// beyond what the kernel takes.

import type { WireNumber } from '@gradstream/contracts';
import { request, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { init, subscribe } from './socket.js';

const QUERY = `subscription ($runId: ID!, $after: Cursor) {
  runMetrics(runId: $runId, after: $after) { points { seq step values { series value } } cursor done }
}`;

/** A point in either form: values by name, or GraphQL's list of them. */
export interface TakenPoint {
  readonly seq: number;
  readonly step: number;
  readonly values: Readonly<Record<string, WireNumber>> | { series: string; value: WireNumber }[];
}

interface TakenBatch {
  readonly points: TakenPoint[];
  readonly cursor: string;
  readonly done: boolean;
}

interface Wish {
  readonly url: string;
  readonly apiKey: string;
  readonly runId: string;
  /** The cursor to go on from; null: from the beginning. */
  readonly after: string | null;
  /** Called with each batch, and the bytes that it came in. */
  readonly onBatch: (batch: TakenBatch, bytes: number) => void;
}

export interface Connection {
  pause(): void;
  resume(): void;
  close(): void;
  /** Resolves when the connection is over, whoever ended it; rejects with an error that the server told. */
  readonly ended: Promise<void>;
}

export type Connect = (wish: Wish) => Connection;

/** A raw client of graphql-transport-ws. */
export const bySocket: Connect = ({ url, apiKey, runId, after, onBatch }) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('open', () => {
      socket.send(JSON.stringify(init(apiKey)));
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        type: string;
        payload?: { data?: { runMetrics: TakenBatch } | null };
      };
      if (message.type === 'connection_ack') socket.send(JSON.stringify(subscribe(QUERY, { runId, after })));
      else if (message.type === 'complete') socket.close(1000);
      else if (message.type === 'next' && message.payload?.data)
        onBatch(message.payload.data.runMetrics, data.byteLength);
      else reject(new Error(`the server said ${data.toString('utf8', 0, 1000)}`));
    });
    socket.on('close', () => {
      resolve();
    });
    socket.on('error', () => {
      resolve(); // A connection that the server cut.
    });
  });
  return {
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
    close: () => {
      socket.terminate();
    },
    ended,
  };
};

/** A client of server-sent events; an event that did not arrive whole is not told (WHATWG HTML, section 9.2.6). */
export const byEvents: Connect = ({ url, apiKey, runId, after, onBatch }) => {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    ...(after === null ? {} : { 'last-event-id': after }),
  };
  const sent = request(`${url}/v1/runs/${runId}/stream`, { headers, agent: false });
  let answer: IncomingMessage | null = null;
  let pieces: Buffer[] = [];
  const take = (event: string): void => {
    if (event.startsWith(':')) return;
    const fields = new Map(event.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
    if (fields.get('event') !== 'metrics') throw new Error(`the server said ${event.slice(0, 1000)}`);
    onBatch(JSON.parse(fields.get('data') ?? '') as TakenBatch, Buffer.byteLength(event));
  };
  const ended = new Promise<void>((resolve, reject) => {
    sent.on('response', (response) => {
      answer = response;
      if (response.statusCode !== 200) reject(new Error(`the server answered ${response.statusCode}`));
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        if (!piece.includes('\n')) return; // Nothing ends here: JSON has no line breaks.
        const text = Buffer.concat(pieces);
        const end = text.lastIndexOf('\n\n');
        pieces = [end < 0 ? text : text.subarray(end + 2)];
        try {
          if (end >= 0) text.toString('utf8', 0, end).split('\n\n').forEach(take);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      for (const end of ['close', 'error']) response.on(end, resolve);
    });
    sent.on('error', () => {
      resolve();
    });
  });
  sent.end();
  return {
    pause: () => answer?.pause(),
    resume: () => answer?.resume(),
    close: () => sent.destroy(),
    ended,
  };
};
