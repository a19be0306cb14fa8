/** What can go wrong in the engine. */
export type EngineErrorCode =
  | 'LIBRARY_MISSING'
  | 'VERSION_MISMATCH'
  | 'ALREADY_STARTED'
  | 'OP_FAILED'
  | 'BAD_HOST_VALUES'
  | 'VALUE_READ_IN_CAPTURE'
  | 'UNKNOWN_SHAPE'
  | 'LARGE_CONSTANT'
  | 'CAPTURE_IN_PROGRESS'
  | 'TENSOR_DISPOSED'
  | 'STEP_BUSY';

/** A failure of the engine; TensorFlow's own message is part of it where there is one. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: EngineErrorCode,
    message: string,
  ) {
    super(message);
  }
}
