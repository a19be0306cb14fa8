import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readJson } from './files.js';

test('what is wrong with a file is said with its name', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gradstream-cli-'));
  const file = path.join(folder, 'run.json');
  try {
    await expect(readJson(file)).rejects.toThrow(`${file} does not exist`);
    await expect(readJson(folder)).rejects.toThrow(`${folder} is a folder`);
    writeFileSync(file, '{"epochs": }');
    await expect(readJson(file)).rejects.toThrow(`${file} is not valid JSON`);
    writeFileSync(file, '{"epochs": 2}');
    expect(await readJson(file)).toEqual({ epochs: 2 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
