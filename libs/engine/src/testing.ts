// For the engine's own tests: one engine for all tests of a file, and a check that no test keeps a handle.

import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Engine } from './engine.js';
import { EngineError, type EngineErrorCode } from './errors.js';
import { startEngine, type EngineOptions } from './runtime/start.js';

/** Starts the file's engine; after every test the handles in use and the live tensors must be what they were before. */
export function useEngine(
  options: EngineOptions = { device: 'cpu', intraOpThreads: 1, interOpThreads: 1 },
): () => Engine {
  let engine: Engine | null = null;
  const get = (): Engine => {
    if (!engine) throw new Error('the engine starts before the first test');
    return engine;
  };
  const inUse = (): unknown => ({ ...get().handles(), liveTensors: get().liveTensors() });
  let before: unknown;
  beforeAll(() => {
    engine = startEngine(options);
  });
  beforeEach(() => {
    get().tf.engine().startScope('test');
    before = inUse();
  });
  afterEach(() => {
    get().tf.engine().endScope();
    expect(inUse()).toEqual(before);
  });
  afterAll(() => {
    engine = null;
  });
  return get;
}

/** The code of the engine's error that `work` throws; `none` when it throws nothing. */
export function codeOf(work: () => unknown): EngineErrorCode | 'none' {
  try {
    work();
    return 'none';
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
}

/** Numbers without order, in about [-1, 1]; the same for the same arguments. */
export const wave = (count: number, phase = 1): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(3 * i + phase) + 0.1 * Math.cos(17 * i));
