// One engine for all tests of a file; every test gives back the tensors that it makes.

import { afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { engine as tensorflow, type Engine } from '@gradstream/engine';

/** Starts the file's engine, whose folder the test tool knows. */
export function useEngine(): () => Engine {
  let engine: Engine | null = null;
  let before = 0;
  const get = (): Engine => {
    if (!engine) throw new Error('the engine starts before the first test');
    return engine;
  };
  beforeAll(() => {
    const { TENSORFLOW_DIR: tensorflowDir } = process.env;
    if (!tensorflowDir) throw new Error('TENSORFLOW_DIR is not set: run this with "npm test -- --ring unit"');
    engine = tensorflow.start({ tensorflowDir, device: 'cpu', intraOpThreads: 1, interOpThreads: 1 });
  });
  beforeEach(() => {
    before = get().liveTensors();
    get().tf.engine().startScope('test');
  });
  afterEach(() => {
    get().tf.engine().endScope();
    expect(get().liveTensors()).toBe(before);
  });
  return get;
}
