// Light, dark, or as the system says; kept for this browser.

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const STORE = 'gradstream.theme';

export function loadTheme(storage: Pick<Storage, 'getItem'>): Theme {
  const stored = storage.getItem(STORE);
  return themes.find((theme) => theme === stored) ?? 'system';
}

/** Shows a theme from now on. Canvases, which CSS does not reach, are told by a `themechange` of the document. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  document.dispatchEvent(new Event('themechange'));
}

export function saveTheme(storage: Pick<Storage, 'setItem'>, theme: Theme): void {
  storage.setItem(STORE, theme);
}
