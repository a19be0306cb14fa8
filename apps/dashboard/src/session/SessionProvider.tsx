import { Gradstream } from '@gradstream/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { EMPTY, loadSession, saveSession, withEntry, type Session, type SessionEntry } from './session.js';

interface SessionState {
  /** The key in use; null before somebody has signed in. */
  readonly current: SessionEntry | null;
  readonly known: readonly SessionEntry[];
  /** Tries a key, and uses it from now on. Rejects when the server does not know it. */
  readonly signIn: (secret: string) => Promise<void>;
  readonly select: (id: string) => void;
  readonly signOut: () => void;
}

const SessionContext = createContext<SessionState | null>(null);
const ClientContext = createContext<Gradstream | null>(null);

const clientOf = (apiKey: string): Gradstream => new Gradstream({ url: window.location.origin, apiKey });

/** What is known of a key, from the server. */
async function tried(secret: string): Promise<SessionEntry> {
  const { id, name, scopes, project } = await clientOf(secret).keys.current();
  return { id, secret, keyName: name, project: project.name, scopes };
}

export function SessionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [session, setSession] = useState(() => loadSession(window.sessionStorage));
  const cache = useQueryClient();
  const current = session.known.find(({ id }) => id === session.currentId) ?? null;
  const secret = current?.secret;
  const client = useMemo(() => (secret === undefined ? null : clientOf(secret)), [secret]);
  const change = (next: Session): void => {
    cache.clear(); // What one project told is not shown to another.
    saveSession(window.sessionStorage, next);
    setSession(next);
  };
  const state: SessionState = {
    current,
    known: session.known,
    signIn: async (given) => change(withEntry(session, await tried(given))),
    select: (id) => change({ ...session, currentId: id }),
    signOut: () => change(EMPTY),
  };
  return (
    <SessionContext value={state}>
      <ClientContext value={client}>{children}</ClientContext>
    </SessionContext>
  );
}

export function useSession(): SessionState {
  const state = use(SessionContext);
  if (state === null) throw new Error('useSession needs a SessionProvider around it');
  return state;
}

/** Whether the key in use may change things. */
export function useCanWrite(): boolean {
  const scopes = useSession().current?.scopes ?? [];
  return scopes.includes('write') || scopes.includes('admin');
}

/** The SDK with the key in use; pages are shown only where there is one. */
export function useClient(): Gradstream {
  const client = use(ClientContext);
  if (client === null) throw new Error('useClient needs somebody who has signed in');
  return client;
}
