// How the tests' own start of the command line tells of its end.

import { afterEach, expect, test } from '@jest/globals';
import { runCli } from '../support/cli.js';

const { NODE_OPTIONS } = process.env;
afterEach(() => {
  if (NODE_OPTIONS === undefined) delete process.env['NODE_OPTIONS'];
  else process.env['NODE_OPTIONS'] = NODE_OPTIONS;
});

test('a command that a signal ends has no exit code, not the one of success', async () => {
  process.env['NODE_OPTIONS'] = '--import=data:text/javascript,process.kill(process.pid,9)';
  const ended = runCli(['runs', 'list'], { url: 'http://127.0.0.1:9', apiKey: 'none' });
  await expect(ended).rejects.toThrow('runs list ended by SIGKILL');
});
