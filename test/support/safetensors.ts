// Opens a safetensors file with the format's own reference reader (PyPI: safetensors), not with our code.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const READER = 'safetensors==0.8.0';
const folder = path.join(tmpdir(), 'gradstream-safetensors-0.8.0');

const SCRIPT = `
import json, sys
sys.path.insert(0, sys.argv[1])
from safetensors import deserialize
tensors = deserialize(open(sys.argv[2], 'rb').read())
print(json.dumps({name: {'shape': t['shape'], 'dtype': t['dtype'], 'bytes': len(t['data'])} for name, t in tensors}))
`;

export interface TensorInfo {
  readonly shape: number[];
  readonly dtype: string;
  readonly bytes: number;
}

/** What the reference reader finds in a file. */
export function openSafetensors(bytes: Uint8Array): Record<string, TensorInfo> {
  if (!existsSync(path.join(folder, 'safetensors'))) {
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, READER];
    execFileSync('python3', install, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'gradstream-weights-')), 'model.safetensors');
  writeFileSync(file, bytes);
  const output = execFileSync('python3', ['-c', SCRIPT, folder, file], { encoding: 'utf8' });
  return JSON.parse(output) as Record<string, TensorInfo>;
}
