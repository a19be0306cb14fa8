// The rules of .dependency-cruiser.mjs name packages; a pattern that matches no file would forbid nothing.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import config from '../.dependency-cruiser.mjs';
import { root } from './lib/paths.mjs';

/** Where a package's main file is, from the root. */
function fileOf(/** @type {string} */ folder, /** @type {string} */ name) {
  const { resolve } = createRequire(path.join(root, folder, 'package.json'));
  return path.relative(root, resolve(name));
}

for (const [rule, folder, name] of [
  ['SQL belongs to libs/data', 'libs/data', 'kysely'],
  ['SQL belongs to libs/data', 'libs/data', 'pg'],
  ['TensorFlow belongs to libs/engine', 'libs/engine', 'koffi'],
  ['TensorFlow belongs to libs/engine', 'libs/engine', '@tensorflow/tfjs-core'],
  ['S3 belongs to libs/platform', 'libs/platform', 'minio'],
]) {
  test(`${rule}: ${name} is forbidden to others`, () => {
    const found = config.forbidden.find((candidate) => candidate.name === rule);
    const { from, to } = /** @type {{ from: { path: string, pathNot: string[] }, to: { path: string } }} */ (
      found
    );
    assert.match(fileOf(folder, name), new RegExp(to.path));
    const isBound = (/** @type {string} */ file) =>
      new RegExp(from.path).test(file) && !from.pathNot.some((pattern) => new RegExp(pattern).test(file));
    assert.equal(isBound('libs/domain/src/a.ts'), true);
    assert.equal(isBound('apps/api/src/a.ts'), true);
    assert.equal(isBound(`${folder}/src/a.ts`), false);
  });
}
