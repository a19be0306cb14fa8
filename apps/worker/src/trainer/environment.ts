/** What a trainer may see of the worker's environment: no address and no secret of a service. */
const PASSED = /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|LD_LIBRARY_PATH|CUDA_.*|NVIDIA_.*|TF_.*|XLA_FLAGS|OMP_.*)$/;

/** The environment of a trainer, out of the worker's. */
export function trainerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => PASSED.test(name));
  // TensorFlow's own chatter would push the lines that matter out of the tail.
  return { TF_CPP_MIN_LOG_LEVEL: '1', ...Object.fromEntries(passed) };
}
