// Sizes of source files: median at most 80 lines, 90th percentile at most 250, none over 400.

import { readFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { quantile } from './lib/quantile.mjs';

const LIMITS = { median: 80, p90: 250, largest: 400 };

/**
 * @param {string} root the checkout
 * @returns {Promise<string[]>} one line for each limit that is broken
 */
export async function checkSizes(root) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const names = listed
    .toString()
    .split('\n')
    .filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !/(^|\/)generated\//.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(root, name), 'utf8').catch(() => '');
      return { name, lines: text.split('\n').length - 1 };
    }),
  );
  const lines = files.map((file) => file.lines);
  const found = { median: quantile(lines, 0.5), p90: quantile(lines, 0.9) };
  return [
    ...files
      .filter((file) => file.lines > LIMITS.largest)
      .map(
        (file) => `${file.name} has ${file.lines} lines, the limit is ${LIMITS.largest}: split it by duty`,
      ),
    ...(found.median > LIMITS.median
      ? [`the median file has ${found.median} lines, the limit is ${LIMITS.median}`]
      : []),
    ...(found.p90 > LIMITS.p90
      ? [`the 90th percentile is ${found.p90} lines, the limit is ${LIMITS.p90}`]
      : []),
  ];
}
