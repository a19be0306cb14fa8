// The page's colours for canvases, which custom properties do not reach.

export interface ChartColors {
  readonly isDark: boolean;
  readonly text: string;
  readonly grid: string;
  readonly surface: string;
  readonly marks: Readonly<Record<'good' | 'warning' | 'danger' | 'muted', string>>;
}

/** What a custom property comes to, as a colour: `light-dark()` is resolved by the browser. */
function resolve(probe: HTMLElement, name: string): string {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

function read(): ChartColors {
  const probe = document.createElement('span');
  document.body.append(probe);
  try {
    const of = (name: string): string => resolve(probe, name);
    const surface = of('surface');
    const [red = 255] = (/\d+/.exec(surface) ?? []).map(Number);
    return {
      isDark: red < 128,
      text: of('text-muted'),
      grid: of('border'),
      surface,
      marks: { good: of('good'), warning: of('warning'), danger: of('danger'), muted: of('text-muted') },
    };
  } finally {
    probe.remove();
  }
}

let colors: ChartColors | null = null;
const listeners = new Set<() => void>();
/** What the system prefers; held, for each call of matchMedia makes another list with listeners of its own. */
let preference: MediaQueryList | null = null;

function forget(): void {
  colors = null;
  for (const listener of listeners) listener();
}

/** The colours of the theme that is shown. */
export function chartColors(): ChartColors {
  colors ??= read();
  return colors;
}

/** Calls the listener whenever the theme changes, until what is returned is called. */
export function onColorsChange(listener: () => void): () => void {
  if (listeners.size === 0) {
    colors = null; // Nobody has heard whether the theme has changed.
    preference ??= matchMedia('(prefers-color-scheme: dark)');
    document.addEventListener('themechange', forget);
    preference.addEventListener('change', forget);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('themechange', forget);
    preference?.removeEventListener('change', forget);
  };
}
