import { useState, type ReactNode } from 'react';
import { Menu, MenuItem } from '../ui/Menu.js';
import { applyTheme, loadTheme, saveTheme, themes, type Theme } from './theme.js';

const NAMES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

/** Chooses between light and dark. */
export function ThemeToggle(): ReactNode {
  const [theme, setTheme] = useState(() => loadTheme(window.localStorage));
  return (
    <Menu label="Theme" hint={`Theme: ${NAMES[theme]}`}>
      {themes.map((each) => (
        <MenuItem
          key={each}
          checked={each === theme}
          onSelect={() => {
            saveTheme(window.localStorage, each);
            applyTheme(each);
            setTheme(each);
          }}
        >
          {NAMES[each]}
        </MenuItem>
      ))}
    </Menu>
  );
}
