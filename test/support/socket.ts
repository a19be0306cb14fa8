// The graphql-transport-ws protocol by hand, for what a well-behaved client would not say.

import { WebSocket } from 'ws';

/** The first message of a connection. */
export const init = (key: string): object => ({
  type: 'connection_init',
  payload: { authorization: `Bearer ${key}` },
});

/** Begins an operation. */
export const subscribe = (query: string, variables: object = {}): object => ({
  id: '1',
  type: 'subscribe',
  payload: { query, variables },
});

interface Conversation {
  readonly heard: { type: string; payload?: unknown }[];
  /** The first answer to an operation. */
  readonly answer: object | undefined;
  readonly code: number;
}

/** Says things on a connection, the first before the others; hangs up after the first answer to an operation. */
export function talk(
  url: string,
  messages: readonly object[],
  headers: Record<string, string> = {},
): Promise<Conversation> {
  const address = `${url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
  const heard: Conversation['heard'] = [];
  return new Promise((resolve, reject) => {
    const [first, ...rest] = messages;
    socket.on('open', () => {
      socket.send(JSON.stringify(first));
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string };
      heard.push(message);
      if (message.type === 'connection_ack') for (const later of rest) socket.send(JSON.stringify(later));
      if (['next', 'error', 'complete'].includes(message.type)) socket.close(1000);
    });
    socket.on('close', (code) => {
      const answer = heard.find(({ type }) => type === 'next' || type === 'error');
      resolve({ heard, answer, code });
    });
    socket.on('error', reject);
  });
}
