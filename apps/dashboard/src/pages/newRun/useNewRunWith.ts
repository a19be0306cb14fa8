import { useNavigate } from 'react-router';
import { useSession } from '../../session/SessionProvider.js';
import { loadDraft, saveDraft, type Draft } from './draft.js';

/** Opens the page of a new run with something put into its draft. */
export function useNewRunWith(): (part: Partial<Draft>) => void {
  const { current } = useSession();
  const navigate = useNavigate();
  return (part) => {
    const scope = { keyId: current?.id ?? '' };
    saveDraft(window.sessionStorage, scope, { ...loadDraft(window.sessionStorage, scope), ...part });
    void navigate('/runs/new');
  };
}
