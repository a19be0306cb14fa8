// One engine for all tests of a file. TENSORFLOW_DIR comes from the test tool.

import { afterEach, beforeAll, beforeEach, jest } from '@jest/globals';
import { engine as tensorflow, type Engine } from '@gradstream/engine';

/** Starts the file's engine; tensors that a test makes end with it. */
export function useEngine(): () => Engine {
  let engine: Engine | null = null;
  const get = (): Engine => {
    if (!engine) throw new Error('the engine starts before the first test');
    return engine;
  };
  jest.setTimeout(60_000);
  beforeAll(() => {
    const { TENSORFLOW_DIR: tensorflowDir } = process.env;
    if (!tensorflowDir) throw new Error('TENSORFLOW_DIR is not set: run this with "npm test -- --ring unit"');
    engine = tensorflow.start({ tensorflowDir, intraOpThreads: 1, interOpThreads: 1 });
  });
  beforeEach(() => {
    get().tf.engine().startScope('test');
  });
  afterEach(() => {
    get().tf.engine().endScope();
  });
  return get;
}
