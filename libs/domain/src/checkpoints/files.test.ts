import { expect, test } from '@jest/globals';
import { fileNameOf } from './files.js';

test.each([
  ['digits: 3 epochs', 'digits-3-epochs-step-7.safetensors'],
  ['Größe/é "x"\r\n', 'Gro-e-e-x-step-7.safetensors'],
  ['../..', 'run-step-7.safetensors'],
  ['手書き数字', 'run-step-7.safetensors'],
])('the weights of %j are saved as %s', (run, name) => {
  expect(fileNameOf(run, 7)).toBe(name);
});
