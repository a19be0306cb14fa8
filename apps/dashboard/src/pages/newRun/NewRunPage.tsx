import type { ReactNode } from 'react';
import { usePageTitle } from '../../app/usePageTitle.js';

export function NewRunPage(): ReactNode {
  usePageTitle('New run');
  return <h1>New run</h1>;
}
