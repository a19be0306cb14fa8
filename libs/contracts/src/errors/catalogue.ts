// The one catalogue of error codes: REST, GraphQL, subscriptions, IPC and the CLI all speak it.
// A code never changes its meaning; its title is the same for every occurrence.

/** What every occurrence of a code has in common. `status` is the HTTP status of the answer. */
export interface ErrorEntry {
  readonly status: number;
  readonly title: string;
}

export const errorCatalogue = {
  // Requests
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  BAD_CURSOR: { status: 400, title: 'The cursor is not one that this server gave out' },
  VALIDATION_FAILED: { status: 422, title: 'The request has fields that are missing or wrong' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The content type is not accepted here' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is larger than the limit' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  CONFLICT: { status: 409, title: 'The state of the resource does not allow this' },
  IN_USE: { status: 409, title: 'Something else needs this' },
  PRECONDITION_FAILED: { status: 412, title: 'The resource is not as If-Match says' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  ORIGIN_REFUSED: { status: 403, title: 'This origin may not open a connection' },
  // Keys
  UNAUTHENTICATED: { status: 401, title: 'A valid API key is needed' },
  FORBIDDEN: { status: 403, title: 'The API key lacks a scope' },
  // Idempotency
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key was used for another request' },
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    title: 'The first request with this idempotency key is still running',
  },
  // GraphQL documents
  GRAPHQL_INVALID: { status: 400, title: 'The GraphQL request is not valid' },
  QUERY_TOO_COMPLEX: { status: 400, title: 'The GraphQL document exceeds a limit' },
  // Datasets, models, runs
  DATASET_REJECTED: { status: 422, title: 'The dataset has problems' },
  DATASET_NOT_READY: { status: 409, title: 'The dataset is not ready' },
  DATASET_DELETED: { status: 409, title: 'The dataset was deleted' },
  DATASET_UNREADABLE: { status: 422, title: 'The dataset could not be read' },
  UPLOAD_INCOMPLETE: { status: 409, title: 'The upload is not complete' },
  MODEL_INVALID: { status: 422, title: 'The model definition is invalid' },
  RUN_INVALID: { status: 422, title: 'The run would fail' },
  CHECKPOINT_INVALID: { status: 422, title: 'The checkpoint cannot be used' },
  PREDICTION_TIMEOUT: { status: 504, title: 'No worker answered in time' },
  PREDICTION_QUEUE_FULL: { status: 503, title: 'Too many predictions wait' },
  FORMAT_UNSUPPORTED: { status: 422, title: 'The model does not exist in this format' },
  RUN_FINISHED: { status: 409, title: 'The run has already ended' },
  // Why runs fail
  ENGINE_CRASHED: { status: 500, title: 'The trainer process died' },
  ENGINE_FAILED: { status: 500, title: 'TensorFlow reported an error' },
  TRAINER_PROTOCOL: { status: 500, title: 'The trainer and its worker did not understand each other' },
  OUT_OF_MEMORY: { status: 500, title: 'The trainer ran out of memory' },
  DIVERGED: { status: 422, title: 'The loss is no longer finite' },
  MEMORY_LIMIT: { status: 422, title: 'The trainer took more memory than the run allows' },
  TIME_LIMIT: { status: 422, title: 'The run took longer than it allows' },
  ATTEMPTS_EXHAUSTED: { status: 500, title: 'The run lost its worker too often' },
  STORAGE_FULL: { status: 507, title: 'The storage is full' },
  ATTEMPT_FENCED: { status: 409, title: 'A newer attempt has taken over' },
  // The server
  SERVICE_UNAVAILABLE: { status: 503, title: 'A service that this needs is away' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
