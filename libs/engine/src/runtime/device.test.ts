import { expect, test } from '@jest/globals';
import { codeOf } from '../testing.js';
import { deviceConfig, usesGpu } from './device.js';

const device = (type: string) => ({
  name: `/job:localhost/replica:0/task:0/device:${type}:0`,
  type,
  memoryBytes: 1,
});
const build = { cuda: true, folder: '/tf' };

test('a GPU is used when it is there and not refused', () => {
  const both = [device('CPU'), device('GPU')];
  expect(usesGpu('auto', both, build)).toBe(true);
  expect(usesGpu('gpu', both, build)).toBe(true);
  expect(usesGpu('auto', [device('CPU')], build)).toBe(false);
  expect(usesGpu('cpu', [device('CPU')], build)).toBe(false);
});

test('a GPU that is asked for and missing is an error that tells the two reasons apart', () => {
  const ask = (cuda: boolean) => (): boolean => usesGpu('gpu', [device('CPU')], { cuda, folder: '/tf' });
  expect(codeOf(ask(false))).toBe('DEVICE_NOT_FOUND');
  expect(ask(false)).toThrow(/only \/job:localhost.*CPU:0\. TensorFlow in \/tf is built for CPUs only/);
  expect(ask(true)).toThrow(/is a CUDA build, but it found no device: check that nvidia-smi lists the GPU/);
});

test('the configuration hides GPUs from a process of the CPU', () => {
  expect(deviceConfig({ device: 'cpu', gpuMemoryLimitMb: 100 })).toEqual({ gpus: 'none' });
  expect(deviceConfig({ gpuMemoryLimitMb: 100 })).toEqual({
    gpus: 'first',
    gpuMemoryLimitMb: 100,
    gpuMemoryGrowth: true,
  });
  expect(codeOf(() => deviceConfig({ gpuMemoryLimitMb: -1 }))).toBe('INVALID_ARGUMENT');
});
