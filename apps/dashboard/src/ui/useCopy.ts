import { useTell } from './Toasts.js';

/** Puts a text on the clipboard, and tells of it by `what` it is. Browsers have none for pages that came unencrypted from another machine. */
export function useCopy(): (text: string, what: string) => Promise<void> {
  const tell = useTell();
  return async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      tell('done', `Copied ${what}.`);
    } catch {
      tell('failed', `The browser does not let this page copy: mark ${what} by hand, or open it by https.`);
    }
  };
}
