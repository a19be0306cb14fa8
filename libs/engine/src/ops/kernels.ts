// Ops of ours as kernels of tfjs, with their gradients: tfjs then calls them, records them on its tape, and asks only
// for the gradients that it needs.

import type { Tensor } from '@tensorflow/tfjs';
import { isSecondOrder } from '../backend/gradients/replace.js';
import { BACKEND_NAME } from '../backend/override.js';
import type { Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';

type Named<Name extends string> = Readonly<Record<Name, Tensor>>;

/** One op: what it computes, and its gradient. */
export interface Kernel<Input extends string, Output extends string, Saved extends Input | Output, Settings> {
  readonly inputs: readonly Input[];
  /** By the order in which `forward` returns them. */
  readonly outputs: readonly Output[];
  /** What the gradient needs, kept from the forward pass on. */
  readonly saved: readonly Saved[];
  readonly forward: (inputs: Named<Input>, settings: Settings) => readonly Tensor[];
  /**
   * The gradients by input, each made when it is called; what several of them share is made before. `dy` are the
   * gradients of the outputs, zeros for one that was not used. Inputs without a gradient are left out.
   */
  readonly gradient: (
    dy: Named<Output>,
    saved: Named<Saved>,
    settings: Settings,
  ) => Partial<Record<Input, () => Tensor>>;
}

type Call<Input extends string, Output extends string, Settings> = (
  inputs: Named<Input>,
  settings: Settings,
) => Named<Output>;

const PREFIX = 'Gradstream';

/** The names of all ops that were defined, sorted; for the test that each one is tested. */
export const definedKernels = ({ tf }: Runtime): string[] =>
  tf
    .getKernelsForBackend(BACKEND_NAME)
    .filter(({ kernelName }) => kernelName.startsWith(PREFIX))
    .map(({ kernelName }) => kernelName.slice(PREFIX.length))
    .sort();

function named<Name extends string>(names: readonly Name[], tensors: readonly Tensor[]): Named<Name> {
  return Object.fromEntries(names.map((name, index) => [name, tensors[index]])) as Named<Name>;
}

/**
 * Makes an op known to tfjs, and returns the function that calls it. A gradient of its gradient is NOT_SUPPORTED: the
 * ops that the gradient is made of are not on tfjs's tape.
 */
export function defineKernel<
  Input extends string,
  Output extends string,
  Saved extends Input | Output,
  Settings extends object,
>(
  runtime: Runtime,
  name: string,
  kernel: Kernel<Input, Output, Saved, Settings>,
): Call<Input, Output, Settings> {
  const { tf } = runtime;
  const { inputs, outputs, saved } = kernel;
  const kernelName = `${PREFIX}${name}`;
  const isSaved = (key: Input | Output): boolean => (saved as readonly (Input | Output)[]).includes(key);
  const savedInOrder = [...inputs.filter(isSaved), ...outputs.filter(isSaved)] as Saved[];
  tf.registerKernel({
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs: given, attrs }) => {
      const results = tf.tidy(() => [...kernel.forward(given as Named<Input>, attrs as unknown as Settings)]);
      return results;
    },
  });
  tf.registerGradient({
    kernelName,
    inputsToSave: inputs.filter(isSaved),
    outputsToSave: outputs.map(isSaved),
    gradFunc: (dy, kept, attrs) => {
      if (isSecondOrder(runtime)) {
        const message = `the gradient of a gradient was asked for, and ${name} has a first one only: compose it from tfjs's ops`;
        throw new EngineError('NOT_SUPPORTED', message, { op: name });
      }
      const slopes = named(outputs, Array.isArray(dy) ? dy : [dy]);
      return kernel.gradient(slopes, named(savedInOrder, kept), attrs as unknown as Settings) as Record<
        string,
        () => Tensor
      >;
    },
  });
  return (given, settings) => {
    const results: Tensor | Tensor[] = tf
      .engine()
      .runKernel(kernelName, given, settings as Record<string, never>);
    return named(outputs, Array.isArray(results) ? results : [results]);
  };
}
