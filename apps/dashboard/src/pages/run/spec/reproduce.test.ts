import { expect, test } from '@jest/globals';
import { CLI_ELSEWHERE, curlLine, toFile } from './reproduce.js';

test('the lines name the files that are saved, and the server', () => {
  expect(curlLine('http://127.0.0.1:3000')).toBe(
    [
      'curl http://127.0.0.1:3000/v1/runs \\',
      '  -H "authorization: Bearer $GRADSTREAM_API_KEY" \\',
      "  -H 'content-type: application/json' \\",
      '  --data @run.json',
    ].join('\n'),
  );
  expect(CLI_ELSEWHERE).toBe(
    'npm run gradstream -- train run.json \\\n  --model model.json \\\n  --dataset dataset.csv',
  );
  expect(toFile({ a: 1 })).toBe('{\n  "a": 1\n}\n');
});
