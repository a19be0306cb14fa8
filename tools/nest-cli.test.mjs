// nest-cli.json is for Nest's own command line, which our build does not need: nothing else would notice that it is out of date.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { root } from './lib/paths.mjs';

const readJson = (/** @type {string} */ name) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));

test('nest-cli.json names the workspaces that are made with Nest, and their entry files', () => {
  const { projects } = readJson('nest-cli.json');
  const made = globSync('{apps,libs}/*/package.json', { cwd: root })
    .filter((name) => '@nestjs/common' in (readJson(name).dependencies ?? {}))
    .map((name) => path.dirname(name));
  assert.deepEqual(
    Object.values(projects)
      .map((project) => project.root)
      .sort(),
    made.sort(),
  );
  for (const { root: folder, sourceRoot, entryFile } of Object.values(projects)) {
    assert.equal(sourceRoot, `${folder}/src`);
    assert.ok(existsSync(path.join(root, sourceRoot, `${entryFile}.ts`)), `${sourceRoot}/${entryFile}.ts`);
  }
});
