// tfjs draws random numbers on the host. In a captured step they would be drawn once and be the same for ever.

import { EngineError } from '../errors.js';
import type { Binding } from './binding.js';
import type { Tf } from './tfjs.js';

/** tfjs's name for the scope of an op is the op's name with this behind it. */
const OP_SCOPE = '__op';

/** Ops that draw. Others that do, such as dropout, call one of them. */
const RANDOM_OPS = [
  'multinomial',
  'rand',
  'randomGamma',
  'randomNormal',
  'randomStandardNormal',
  'randomUniform',
  'randomUniformInt',
  'truncatedNormal',
];

/** Makes tfjs's random ops an error in a capture: HOST_RANDOM_IN_CAPTURE. They work as always outside of one. */
export function refuseHostRandom(tf: Tf, binding: Binding): void {
  const tfjsEngine = tf.engine();
  const startScope = tfjsEngine.startScope.bind(tfjsEngine);
  const scopes = new Map(RANDOM_OPS.map((op) => [op + OP_SCOPE, op]));
  tfjsEngine.startScope = (name?: string): void => {
    const op = binding.capture && name !== undefined ? scopes.get(name) : undefined;
    if (op !== undefined) {
      const message = `tf.${op} draws on the host, so a captured step would repeat its first numbers for ever: use engine.random with a seed that is an input of the step`;
      throw new EngineError('HOST_RANDOM_IN_CAPTURE', message, { op, layer: binding.scope });
    }
    startScope(name);
  };
}
