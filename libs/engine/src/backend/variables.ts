// tfjs variables whose value is a resource variable of TensorFlow: updated in place, by eager ops and captured steps.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import type { Runtime } from './runtime.js';

/** All variables that tfjs knows of. */
export const registeredVariables = ({ tf }: Runtime): Variable[] =>
  Object.values(tf.engine().state.registeredVariables);

const adopted = new WeakSet<Variable>();

/** Makes a variable's value a resource of its own; does nothing to one that has it already. */
export function adoptVariable(runtime: Runtime, variable: Variable): void {
  if (adopted.has(variable)) return;
  const { backend, binding, parts } = runtime;
  // A variable that was made from another one shares its record, until here.
  const isShared = binding.isVariable(runtime.record(variable).id);
  const value = isShared ? variable.clone() : variable;
  const resource = parts.context.newVariable(binding.eager(runtime.id(value)), variable.name);
  if (isShared) value.dispose();
  const holder = backend.createOutputTensor(binding.describe(resource));
  variable.assign(holder); // Shares the record; the variable alone keeps it from here on.
  holder.dispose();
  const type = [runtime.typeAttribute('dtype', variable.dtype)];
  const assign = (value: Tensor): void => {
    if (value.dtype !== variable.dtype || String(value.shape) !== String(variable.shape)) {
      const message = `variable ${variable.name} is ${variable.dtype} [${variable.shape.join(', ')}] and cannot take ${value.dtype} [${value.shape.join(', ')}]: assign a value of its shape and type`;
      throw new EngineError('INVALID_ARGUMENT', message, { layer: binding.scope });
    }
    runtime.runEffect('AssignVariableOp', type, [variable, value]);
  };
  Object.defineProperty(variable, 'assign', { value: assign, configurable: true });
  adopted.add(variable); // Last: a variable for which there was no memory is none of ours.
}
