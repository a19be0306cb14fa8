import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { registry } from './registry.js';

test('the documentation lists the layers that there are', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../../../docs/models.md'), 'utf8');
  const [, section = ''] = /^## Layers\n(.*?)^Besides/ms.exec(text) ?? [];
  const listed = [...section.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...registry.keys(), 'InputLayer'].sort());
});
