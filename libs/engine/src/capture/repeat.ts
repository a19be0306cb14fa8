// Several steps in one call: a loop around the step.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';
import { addLoop } from './branches.js';
import type { Step } from './trace.js';

/**
 * A step that takes inputs with a leading dimension [count] and runs `step` on each of their slices in turn; outputs
 * are stacked, [count, ...]. To be captured: the loop is part of the graph.
 */
export function repeated(runtime: Runtime, step: Step, count: number): Step {
  const { backend, binding, tf } = runtime;
  return (...inputs) => {
    const { capture } = binding;
    if (!capture) throw new Error('a repeated step exists in captures only');
    for (const { shape } of inputs) {
      if (shape[0] === count) continue;
      const message = `a step of ${count} steps a call takes inputs [${count}, …], not [${shape.join(', ')}]`;
      throw new EngineError('INVALID_ARGUMENT', message);
    }
    const toTensor = (value: Parameters<typeof binding.describe>[0]): Tensor =>
      backend.createOutputTensor(binding.describe(value));
    const toValue = (tensor: Tensor) => capture.toGraph(binding.value(runtime.id(tensor)));
    // The shapes of the outputs are needed before the loop is built: from a body that is thrown away.
    const shapes: { shape: number[]; dtype: Tensor['dtype'] }[] = [];
    const probe = capture.body(() => {
      const outputs = tf.tidy(() =>
        step(...inputs.map((input) => slice(runtime, input, tf.scalar(0, 'int32')))),
      );
      shapes.push(...outputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype })));
      return [];
    });
    probe.graph.dispose();
    const initial = shapes.map(({ shape, dtype }) => toValue(tf.zeros([count, ...shape], dtype)));
    return addLoop(capture, count, initial, ({ round, carried }) => {
      const results: Tensor[] = [];
      tf.tidy(() => {
        const index = toTensor(round);
        const outputs = step(...inputs.map((input) => slice(runtime, input, index)));
        const here = tf.range(0, count, 1, 'int32').equal(index);
        outputs.forEach((output, at) => {
          const stacked = carried[at];
          if (!stacked) throw new Error('every output is carried');
          const mask = here.reshape([count, ...output.shape.map(() => 1)]);
          results.push(tf.keep(tf.where(mask, output.expandDims(0), toTensor(stacked))));
        });
      });
      const values = results.map(toValue);
      tf.dispose(results);
      return values;
    }).map(toTensor);
  };
}

/** One slice along the first dimension. */
function slice(runtime: Runtime, input: Tensor, index: Tensor): Tensor {
  const attributes = [
    runtime.typeAttribute('Tparams', input.dtype),
    runtime.typeAttribute('Tindices', 'int32'),
    runtime.typeAttribute('Taxis', 'int32'),
  ];
  return runtime.run('GatherV2', attributes, [input, index, runtime.tf.scalar(0, 'int32')]);
}
