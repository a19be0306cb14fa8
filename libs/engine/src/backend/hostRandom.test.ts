import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import { codeOf, useEngine } from '../testing.js';
import type { Tf } from './tfjs.js';

const engine = useEngine();

const DRAWS: Readonly<Record<string, (tf: Tf) => Tensor>> = {
  rand: (tf) => tf.rand([3], () => 0.5),
  randomGamma: (tf) => tf.randomGamma([3], 2),
  randomNormal: (tf) => tf.randomNormal([3]),
  randomStandardNormal: (tf) => tf.randomStandardNormal([3]),
  randomUniform: (tf) => tf.randomUniform([3]),
  randomUniformInt: (tf) => tf.randomUniformInt([3], 0, 9),
  truncatedNormal: (tf) => tf.truncatedNormal([3]),
  multinomial: (tf) => tf.multinomial([0.2, 0.3, 0.5], 3),
  'multinomial of probabilities': (tf) => tf.multinomial([0.2, 0.3, 0.5], 3, 7, true),
  dropout: (tf) => tf.dropout(tf.ones([3]), 0.5),
  'dropout with a seed': (tf) => tf.dropout(tf.ones([3]), 0.5, undefined, 4),
  'an initializer': (tf) => tf.initializers.glorotUniform({ seed: 3 }).apply([3, 1]).reshape([3]),
};

describe('random numbers of the host', () => {
  test.each(Object.entries(DRAWS))('%s works outside of a capture, and is refused inside', (_, draw) => {
    const { tf } = engine();
    expect(tf.tidy(() => draw(tf).shape)).toEqual([3]);
    const step = engine().capture(() => engine().scope('noise', () => [draw(tf)]));
    try {
      step.run();
      throw new Error('the capture draws');
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      expect([error.code, error.layer]).toEqual(['HOST_RANDOM_IN_CAPTURE', 'noise']);
      expect(error.message).toContain('engine.random');
    }
    step.dispose();
    expect(tf.tidy(() => draw(tf).shape)).toEqual([3]);
  });

  test('what the error points to draws other numbers for another seed', () => {
    const { tf, random } = engine();
    const step = engine().capture((seed) => [random.statelessUniform([4], seed.as1D())]);
    const drawn = [1, 1, 2].map((seed) =>
      tf.tidy(() => Array.from(step.run(tf.tensor1d([seed, 0], 'int32'))[0]?.dataSync() ?? [])),
    );
    expect(drawn[0]).toHaveLength(4);
    expect(drawn[1]).toEqual(drawn[0]);
    expect(drawn[2]).not.toEqual(drawn[0]);
    step.dispose();
  });

  test('probabilities that leave no choice are drawn from', () => {
    const { tf } = engine();
    expect(Array.from(tf.multinomial([0, 1, 0], 4, 7, true).dataSync())).toEqual([1, 1, 1, 1]);
    expect(codeOf(() => tf.multinomial([0, 1, 0], 4, 7, false).dataSync())).toBe('none');
  });
});
