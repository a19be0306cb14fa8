import { expect, test } from '@jest/globals';
import { encodeConfig } from '../precision/config.js';
import { codeOf, useEngine } from '../testing.js';
import { EagerContext } from './eager.js';

const engine = useEngine();

test('an error is told once: calls that set their status only when they fail do not inherit it', () => {
  const { runtime } = engine();
  const { native } = runtime.parts;
  expect(codeOf(() => runtime.run('NoSuchOp', [], []))).toBe('NOT_SUPPORTED');
  // TF_SetConfig (c_api.cc) leaves the status alone when it succeeds.
  new EagerContext(native, encodeConfig({ intraOpThreads: 1 })).delete();
});
