import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectionSettings } from './connection.js';

const NAMES = ['GRADSTREAM_DATA', 'GRADSTREAM_URL', 'GRADSTREAM_API_KEY'] as const;

describe('connectionSettings', () => {
  const before = { cwd: process.cwd(), env: { ...process.env } };
  let folder = '';
  const write = (name: string, content: object): void => {
    writeFileSync(path.join(folder, '.gradstream', name), JSON.stringify(content));
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gradstream-cli-'));
    mkdirSync(path.join(folder, '.gradstream'));
    mkdirSync(path.join(folder, 'a/b'), { recursive: true });
    for (const name of NAMES) Reflect.deleteProperty(process.env, name);
    process.chdir(path.join(folder, 'a/b'));
  });
  afterEach(() => {
    process.chdir(before.cwd);
    Object.assign(process.env, before.env);
    rmSync(folder, { recursive: true });
  });

  test('the address of the last start wins over that of the first', () => {
    write('key.json', { url: 'http://127.0.0.1:3000', apiKey: 'gs_k' });
    expect(connectionSettings()).toEqual({ url: 'http://127.0.0.1:3000', apiKey: 'gs_k' });
    write('server.json', { url: 'http://127.0.0.1:4000' });
    expect(connectionSettings()).toEqual({ url: 'http://127.0.0.1:4000', apiKey: 'gs_k' });
  });

  test('the environment wins over all files; a key of another installation finds the server', () => {
    write('server.json', { url: 'http://127.0.0.1:4000' });
    process.env['GRADSTREAM_API_KEY'] = 'gs_other';
    expect(connectionSettings()).toEqual({ url: 'http://127.0.0.1:4000', apiKey: 'gs_other' });
    process.env['GRADSTREAM_URL'] = 'http://127.0.0.1:5000';
    expect(connectionSettings().url).toBe('http://127.0.0.1:5000');
    process.env['GRADSTREAM_URL'] = 'localhost:5000';
    expect(connectionSettings).toThrow('GRADSTREAM_URL is "localhost:5000"');
  });

  test('GRADSTREAM_DATA names the folder; without a key the message says what to do', () => {
    process.env['GRADSTREAM_DATA'] = path.join(folder, 'nowhere');
    write('key.json', { url: 'http://127.0.0.1:3000', apiKey: 'gs_k' });
    expect(connectionSettings).toThrow('set GRADSTREAM_API_KEY');
  });
});
