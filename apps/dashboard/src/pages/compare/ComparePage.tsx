import type { ReactNode } from 'react';
import { usePageTitle } from '../../app/usePageTitle.js';

export function ComparePage(): ReactNode {
  usePageTitle('Compare');
  return <h1>Compare</h1>;
}
