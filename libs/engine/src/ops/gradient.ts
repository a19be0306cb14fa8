import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend/tfjs.js';

/** What a forward function of one or more tensors returns: its value, and the gradients of its inputs. */
interface Differentiable {
  readonly value: Tensor;
  readonly gradFunc: (dy: Tensor, saved: readonly Tensor[]) => Tensor | Tensor[];
}

type Save = (...tensors: Tensor[]) => void;
type TfjsGradient = Parameters<Tf['customGrad']>[0];

/**
 * Applies an op with a gradient of our own to its inputs. tfjs declares the last argument of the function, which
 * saves tensors for the gradient, as one more tensor; this gives it its real type.
 */
export function withGradient(
  tf: Tf,
  inputs: readonly Tensor[],
  forward: (save: Save, ...inputs: Tensor[]) => Differentiable,
): Tensor {
  const tfjsForward: TfjsGradient = (...args) => {
    const save: unknown = args.at(-1);
    const tensors = args.slice(0, -1).filter((argument): argument is Tensor => argument instanceof tf.Tensor);
    const { value, gradFunc } = forward(
      (...kept) => {
        if (typeof save === 'function') Reflect.apply(save, null, [kept]);
      },
      ...tensors,
    );
    return { value, gradFunc: (dy, saved) => gradFunc(dy, saved) };
  };
  return tf.customGrad(tfjsForward)(...inputs);
}
