import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ReactNode } from 'react';
import { RouterProvider } from 'react-router';
import { ShortcutsProvider } from '../keyboard/Shortcuts.js';
import { SessionProvider } from '../session/SessionProvider.js';
import { ToastProvider } from '../ui/Toasts.js';
import { queryClient } from './queries.js';
import { router } from './routes.js';

/** Everything that the pages share, around them. */
export function App(): ReactNode {
  return (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <ShortcutsProvider>
            <ToastProvider>
              <RouterProvider router={router} />
            </ToastProvider>
          </ShortcutsProvider>
        </SessionProvider>
      </QueryClientProvider>
    </StrictMode>
  );
}
