import type { ReactNode } from 'react';
import { usePageTitle } from '../../app/usePageTitle.js';

export function RunPage(): ReactNode {
  usePageTitle('Run');
  return <h1>Run</h1>;
}
