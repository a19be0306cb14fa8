import { expect, test } from '@jest/globals';
import { createLog } from './log.js';

test('secrets never reach the log, by their name or by their form', () => {
  const lines: string[] = [];
  const log = createLog('test', 'info', { write: (line) => lines.push(line) });
  const secret = `gs_${'a'.repeat(8)}_${'b'.repeat(43)}`;
  log.info({ headers: { authorization: 'Bearer x1' }, password: 'x2', a: { b: { token: 'x3' } } }, 'named');
  log.error({ err: new Error(`refused ${secret}`), url: `/v1/runs?key=${secret}` }, secret);
  expect(lines).toHaveLength(2);
  const text = lines.join('');
  for (const hidden of ['x1', 'x2', 'x3', secret]) expect(text).not.toContain(hidden);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ msg: '[redacted]', err: { type: 'Error' } });
});
