// Several steps in one call: a loop around the step.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';
import type { OutputSpec } from '../native/functions.js';
import { addLoop } from './branches.js';
import { OutputLists } from './outputLists.js';
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
    const specs: OutputSpec[] = [];
    const probe = capture.body(() => {
      const outputs = tf.tidy(() =>
        step(...inputs.map((input) => slice(runtime, input, tf.scalar(0, 'int32')))),
      );
      specs.push(
        ...outputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype: backend.getDTypeInteger(dtype) })),
      );
      return [];
    });
    probe.graph.dispose();
    const lists = new OutputLists(capture, specs, count);
    const filled = addLoop(capture, count, lists.reserved(), ({ round, carried }) => {
      const results: Tensor[] = [];
      tf.tidy(() => {
        const index = toTensor(round);
        const outputs = step(...inputs.map((input) => slice(runtime, input, index)));
        results.push(...outputs.map((output) => tf.keep(output.clone())));
      });
      const items = results.map(toValue);
      tf.dispose(results);
      return lists.with(carried, round, items);
    });
    return lists.stacked(filled).map(toTensor);
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
