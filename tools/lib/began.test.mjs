import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

test('a command that starts itself again counts from its first process, those that it starts do not', () => {
  const module = pathToFileURL(path.join(root, 'tools/lib/began.mjs')).href;
  const script = `
    const { began, beganEnvironment } = await import('${module}');
    console.log(JSON.stringify([began, 'GRADSTREAM_BEGAN' in process.env, beganEnvironment()]));`;
  const ask = (/** @type {NodeJS.ProcessEnv} */ env) =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      }),
    );
  assert.equal(ask({})[0], 0);
  const first = Date.now() - 60_000;
  const [began, inherited, next] = ask({ GRADSTREAM_BEGAN: String(first) });
  assert.ok(began < -59_000, `${began}`);
  assert.equal(inherited, false);
  assert.ok(Math.abs(Number(next.GRADSTREAM_BEGAN) - first) < 1);
});
