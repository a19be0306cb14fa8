import { useState, type SubmitEvent, type ReactNode } from 'react';
import { useSession } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { TextField } from '../../ui/Field.js';
import { messageOf } from '../../ui/messages.js';

/** Takes an API key and tries it. */
export function KeyForm({ onDone }: { readonly onDone?: () => void }): ReactNode {
  const { signIn } = useSession();
  const [secret, setSecret] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await signIn(secret.trim());
      onDone?.();
    } catch (thrown) {
      setError(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (secret.trim() === '') setError('Paste a key: it begins with gs_.');
    else void submit();
  };
  return (
    <form className="sign-in-form" onSubmit={onSubmit} noValidate>
      <TextField
        label="API key"
        type="password"
        autoComplete="off"
        placeholder="gs_…"
        value={secret}
        onChange={setSecret}
        error={error}
        autoFocus
      />
      <Button kind="primary" type="submit" isBusy={isBusy}>
        Sign in
      </Button>
    </form>
  );
}
