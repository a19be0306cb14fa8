/** What can go wrong in the engine. */
export type EngineErrorCode =
  | 'LIBRARY_MISSING'
  | 'LIBRARY_UNREADABLE'
  | 'LIBRARY_BROKEN'
  | 'VERSION_MISMATCH'
  | 'ALREADY_STARTED'
  | 'NOT_STARTED'
  | 'DEVICE_NOT_FOUND'
  | 'OP_FAILED'
  | 'INVALID_ARGUMENT'
  | 'NOT_SUPPORTED'
  | 'OUT_OF_MEMORY'
  | 'CANCELLED'
  | 'BAD_HOST_VALUES'
  | 'VALUE_READ_IN_CAPTURE'
  | 'VARIABLE_MADE_IN_CAPTURE'
  | 'UNKNOWN_SHAPE'
  | 'LARGE_CONSTANT'
  | 'CAPTURE_IN_PROGRESS'
  | 'TENSOR_DISPOSED'
  | 'STEP_DISPOSED'
  | 'STEP_BUSY'
  | 'VARIABLE_IN_USE'
  | 'HOST_RANDOM_IN_CAPTURE'
  | 'PEER_LOST'
  | 'PEER_TIMEOUT'
  | 'ADDRESS_IN_USE'
  | 'NO_CLUSTER';

/** Where an error arose, as far as it is known. */
export interface ErrorPlace {
  /** TensorFlow's op, such as `MatMul`. */
  readonly op?: string;
  /** The name scope that was open, such as a layer's name. */
  readonly layer?: string;
}

/** A failure of the engine; TensorFlow's own message is part of it where there is one. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly op: string | null;
  readonly layer: string | null;

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    { op, layer }: ErrorPlace = {},
  ) {
    super(layer ? `${layer}: ${message}` : message);
    this.op = op ?? null;
    this.layer = layer ?? null;
  }

  /** The same error with the layer where it arose, unless it has one or there is none. */
  within(layer: string): EngineError {
    if (this.layer !== null || layer === '') return this;
    return new EngineError(this.code, this.message, { layer, ...(this.op === null ? {} : { op: this.op }) });
  }
}

/** Codes of absl::Status (absl/status/status.h) that have a meaning of their own here; all others are OP_FAILED. */
const STATUS_CODES: ReadonlyMap<number, EngineErrorCode> = new Map([
  [1, 'CANCELLED'],
  [3, 'INVALID_ARGUMENT'],
  [4, 'PEER_TIMEOUT'], // DEADLINE_EXCEEDED: only what waits for other processes has a deadline.
  [5, 'NOT_SUPPORTED'], // NOT_FOUND: no such op, or no kernel of it for these types on this device.
  [8, 'OUT_OF_MEMORY'], // RESOURCE_EXHAUSTED
  [12, 'NOT_SUPPORTED'], // UNIMPLEMENTED
  [14, 'PEER_LOST'], // UNAVAILABLE: of all that is used, only gRPC says so.
]);

/** How TensorFlow tells that a variable is gone, by several codes. */
const VARIABLE_GONE = /Could not find variable|Resource \S+ does not exist/;

/** The engine's code for a status of TensorFlow. Eager ops report an attribute that is missing as NOT_FOUND. */
export function codeOfStatus(status: number, message: string): EngineErrorCode {
  if (message.startsWith('No attr named')) return 'INVALID_ARGUMENT';
  if (VARIABLE_GONE.test(message)) return 'TENSOR_DISPOSED';
  return STATUS_CODES.get(status) ?? 'OP_FAILED';
}

/** What to do about errors that TensorFlow explains without a way out. */
const ADVICE: Partial<Record<EngineErrorCode, string>> = {
  TENSOR_DISPOSED:
    'A variable was disposed while a step that uses it ran: wait for the step, and capture it again without the variable.',
  PEER_LOST:
    'A worker of the cluster is gone, and this one cannot reduce with the others any more: end it, and start all workers again from the last checkpoint.',
  PEER_TIMEOUT:
    'A worker of the cluster did not arrive in time: it hangs, does something else, or is slow. End all workers and start them again; `timeoutSeconds` sets the limit.',
};

/** TensorFlow's message with what to do about it. */
export const withAdvice = (code: EngineErrorCode, message: string): string =>
  ADVICE[code] ? `${message}\n${ADVICE[code]}` : message;
