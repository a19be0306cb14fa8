import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useKeyList } from '../keyboard/Shortcuts.js';
import { AddKeyDialog } from '../pages/signIn/AddKeyDialog.js';
import { useSession } from '../session/SessionProvider.js';
import { Menu, MenuItem } from '../ui/Menu.js';

/** The project that is shown, the others whose keys are known, and the way out. */
export function ProjectMenu(): ReactNode {
  const { current, known, select, signOut } = useSession();
  const listKeys = useKeyList();
  const [isAdding, setAdding] = useState(false);
  const navigate = useNavigate();
  if (current === null) return null;
  return (
    <>
      <Menu label={current.project} hint={`Project ${current.project}: change it, or sign out`}>
        {known.map((entry) => (
          <MenuItem key={entry.id} checked={entry.id === current.id} onSelect={() => select(entry.id)}>
            {entry.project} <small>{entry.keyName}</small>
          </MenuItem>
        ))}
        <MenuItem onSelect={() => void navigate('/project')}>About this project</MenuItem>
        <MenuItem onSelect={() => setAdding(true)}>Add another project’s key …</MenuItem>
        <MenuItem onSelect={listKeys}>Keys …</MenuItem>
        <MenuItem onSelect={signOut}>Sign out</MenuItem>
      </Menu>
      {isAdding && <AddKeyDialog onClose={() => setAdding(false)} />}
    </>
  );
}
