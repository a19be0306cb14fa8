import type { ReactNode } from 'react';
import { usePageTitle } from '../../app/usePageTitle.js';
import { KeyForm } from './KeyForm.js';
import './signIn.css';

/** What somebody sees who has given no key yet. */
export function SignInPage(): ReactNode {
  usePageTitle('Sign in');
  return (
    <main className="sign-in" id="main">
      <div className="sign-in-card">
        <img src="/favicon.svg" alt="" width="48" height="48" />
        <h1>Sign in to Gradstream</h1>
        <p>
          With an API key. The first start printed one, and wrote it to <code>.gradstream/key.json</code>;
          more come from <code>npm run gradstream -- keys create</code>.
        </p>
        <KeyForm />
        <p className="hint">The key stays in this tab, and is forgotten when you close it.</p>
      </div>
    </main>
  );
}
