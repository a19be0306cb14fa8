import { GradstreamError, type Scope } from '@gradstream/contracts';

/** Who asks: one key of one project. */
export interface Principal {
  readonly projectId: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
}

/** Throws FORBIDDEN when the key lacks a scope; `admin` includes the others. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.includes(scope) || principal.scopes.includes('admin')) return;
  const detail = `This needs a key with the scope "${scope}"; this one has: ${principal.scopes.join(', ')}.`;
  throw new GradstreamError('FORBIDDEN', detail);
}
