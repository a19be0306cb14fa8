// A process of the tests in start.test.ts: starts the engine with the options it is given, and says what happened. A
// number for `userId` is the user it becomes first.

import { EngineError } from '../errors.js';
import { describeRuntime, startEngine, type EngineOptions } from './start.js';

interface Request {
  readonly options?: EngineOptions;
  readonly userId?: number;
  readonly describeFirst?: boolean;
  /** Options of a start ahead of it, which has to fail. */
  readonly failFirst?: EngineOptions;
}

const { options = {}, userId, describeFirst, failFirst } = JSON.parse(process.argv[2] ?? '{}') as Request;
if (userId !== undefined) process.seteuid?.(userId);

const say = (answer: unknown): void => {
  process.stdout.write(JSON.stringify(answer));
};

/** The code of a start that fails. */
function failureOf(failing: EngineOptions): string {
  try {
    startEngine(failing);
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  throw new Error('the engine started');
}

try {
  const failed = failFirst ? failureOf(failFirst) : null;
  const described = describeFirst ? describeRuntime() : null;
  const engine = startEngine(options);
  const sum = engine.tf.tensor1d([1, 2]).sum().dataSync()[0];
  const onGpu = engine.runtime.binding.isUsingGpuDevice();
  say({ sum, onGpu, failed, described, description: engine.describe() });
} catch (error) {
  if (!(error instanceof EngineError)) throw error;
  say({ code: error.code, message: error.message });
}
