// Gradients of functions of one element: TensorFlow has one op for each.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../runtime.js';
import { floatAttribute } from '../runtime.js';
import type { Attributes, Replacement } from './replace.js';

type Form = (dy: Tensor, saved: Tensor, attributes: Attributes) => Tensor;

export function elementwiseGradients(runtime: Runtime): Replacement[] {
  const T = runtime.typeAttribute('T', 'float32');

  /** A gradient op that takes (dy, saved). */
  const op =
    (name: string): Form =>
    (dy, saved) =>
      runtime.run(name, [T], [dy, saved]);
  /** A gradient op that takes (saved, dy). */
  const reversed =
    (name: string): Form =>
    (dy, saved) =>
      runtime.run(name, [T], [saved, dy]);
  const gradientOf = (form: Form): Replacement['gradient'] => {
    return (dy, [saved = dy], attributes) => ({ x: () => form(dy, saved, attributes) });
  };
  const ofInput = (kernelName: string, form: Form): Replacement => ({
    kernelName,
    inputsToSave: ['x'],
    gradient: gradientOf(form),
  });
  const ofOutput = (kernelName: string, form: Form, differentiable?: Form): Replacement => ({
    kernelName,
    outputsToSave: [true],
    gradient: gradientOf(form),
    ...(differentiable ? { differentiable: gradientOf(differentiable) } : {}),
  });
  /** Of the output; the input is what tfjs's own gradient needs. */
  const ofBoth = (kernelName: string, form: Form): Replacement => ({
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradient: (dy, [, y = dy], attributes) => ({ x: () => form(dy, y, attributes) }),
  });

  return [
    ofOutput('Relu', op('ReluGrad'), (dy, y) => dy.mul(y.step())),
    ofOutput('Relu6', op('Relu6Grad'), (dy, y) => dy.mul(y.step()).mul(y.less(6).cast('float32'))),
    ofOutput('Sigmoid', reversed('SigmoidGrad')),
    ofOutput('Tanh', reversed('TanhGrad')),
    ofBoth('Selu', op('SeluGrad')),
    ofBoth('Sqrt', reversed('SqrtGrad')),
    ofBoth('Rsqrt', reversed('RsqrtGrad')),
    ofInput('Softplus', op('SoftplusGrad')),
    ofInput('LeakyRelu', (dy, x, attributes) => {
      const slope = floatAttribute('alpha', Number(attributes['alpha']));
      return runtime.run('LeakyReluGrad', [T, slope], [dy, x]);
    }),
    ofInput('Abs', (dy, x) => dy.mul(runtime.run('Sign', [T], [x.cast('float32')]))),
  ];
}
