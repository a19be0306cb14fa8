// HTTP with what every call needs: the key, JSON, typed errors, and a second try when the server says so.

import { GradstreamError, problemSchema, type ErrorCode, type UploadPlan } from '@gradstream/contracts';

export interface ClientOptions {
  /** Where the server is, such as http://127.0.0.1:3000. */
  readonly url: string;
  /** The secret of an API key, `gs_…`. */
  readonly apiKey: string;
  /** How often a request that found the server or the storage away is sent again; 5 unless said otherwise. */
  readonly retries?: number;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly signal?: AbortSignal;
  /** The ETag that a change is meant for. */
  readonly ifMatch?: string | undefined;
}

const DEFAULT_RETRIES = 5;
const RETRY_SECONDS = 1;
/** Failures that pass: a service is away, others are served first, or the first try is still being answered. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'SERVICE_UNAVAILABLE',
  'IDEMPOTENCY_IN_FLIGHT',
  'PREDICTION_QUEUE_FULL',
]);

/** Waits, or rejects when the signal aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
  });
}

/** The error that an answer of 400 or more stands for. */
async function toError(response: Response): Promise<GradstreamError> {
  const text = await response.text();
  const retryAfter = response.headers.get('retry-after');
  const options = retryAfter === null ? {} : { retryAfterSeconds: Number(retryAfter) };
  try {
    const problem = problemSchema.parse(JSON.parse(text));
    return new GradstreamError(problem.code, problem.detail, { errors: problem.errors, ...options });
  } catch (cause) {
    const detail = `the server answered ${response.status} without problem details: ${text.slice(0, 200)}`;
    return new GradstreamError(response.status === 503 ? 'SERVICE_UNAVAILABLE' : 'INTERNAL', detail, {
      cause,
      ...options,
    });
  }
}

/** The error of a storage that refused a file. */
function toUploadError({ status }: Response): GradstreamError {
  if (status >= 500 || status === 408 || status === 429)
    return new GradstreamError('SERVICE_UNAVAILABLE', `the storage answered ${status}: try again shortly`);
  const detail = `the storage refused the file with ${status}: plan the upload anew`;
  return new GradstreamError('UPLOAD_INCOMPLETE', detail);
}

/** One try: the answer, or the error that it or its absence stands for. An abort is thrown. */
async function attempt(
  url: URL | string,
  init: RequestInit,
  away: string,
  refusal: (response: Response) => GradstreamError | Promise<GradstreamError>,
): Promise<Response | GradstreamError> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    return new GradstreamError('SERVICE_UNAVAILABLE', away, { cause });
  }
  return response.ok ? response : refusal(response);
}

/** A key that no other request has. Not by `randomUUID`: browsers have that on HTTPS and on localhost alone. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/** Sends requests to one server with one key. */
export class Http {
  readonly url: string;
  readonly apiKey: string;
  readonly #retries: number;

  constructor(options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.apiKey = options.apiKey;
    this.#retries = options.retries ?? DEFAULT_RETRIES;
  }

  /** GET of a JSON document; the caller's schema gives it its type. */
  async get(path: string, options: RequestOptions = {}): Promise<unknown> {
    return (await this.send('GET', path, options)).json();
  }

  /** POST of a JSON document. Safe to send again: it carries an Idempotency-Key. */
  async post(path: string, body: unknown, options: RequestOptions = {}): Promise<unknown> {
    return (await this.send('POST', path, { ...options, body })).json();
  }

  /** PATCH with a JSON document, answered with the resource as it is now. */
  async patch(path: string, body: unknown, options: Pick<RequestOptions, 'ifMatch'> = {}): Promise<unknown> {
    return (await this.send('PATCH', path, { ...options, body })).json();
  }

  /** DELETE, answered with the resource as it is now. */
  async delete(path: string, options: Pick<RequestOptions, 'query'> = {}): Promise<unknown> {
    return (await this.send('DELETE', path, options)).json();
  }

  /** One request; throws GradstreamError for an answer of 400 or more, and when no answer came. */
  async send(
    method: string,
    path: string,
    { body, query = {}, signal, ifMatch }: RequestOptions,
  ): Promise<Response> {
    const url = new URL(`${this.url}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each));
    }
    const headers: Record<string, string> = { authorization: `Bearer ${this.apiKey}` };
    if (method === 'POST') headers['idempotency-key'] = randomKey();
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (ifMatch !== undefined) headers['if-match'] = ifMatch;
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (signal) init.signal = signal;
    const away = `no answer from ${url.origin}: is the server running? Start it with "npm start".`;
    return this.#retry(() => attempt(url, init, away, toError), signal);
  }

  /** Sends a file, or a part of one, to the place that an upload plan names; a PUT of the same bytes may be sent again. */
  async upload(
    { method, url }: Pick<UploadPlan, 'method' | 'url'>,
    bytes: Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<Response> {
    const { origin } = new URL(url);
    const init: RequestInit = { method, body: bytes };
    if (signal) init.signal = signal;
    const away = `no answer from the storage at ${origin}: it must be reachable from here.`;
    return this.#retry(() => attempt(url, init, away, toUploadError), signal);
  }

  /** Tries until an answer is there, or an error that no further try would mend, or the retries are used up. */
  async #retry(work: () => Promise<Response | GradstreamError>, signal?: AbortSignal): Promise<Response> {
    for (let tries = 0; ; tries++) {
      const result = await work();
      if (result instanceof Response) return result;
      if (!PASSING.has(result.code) || tries >= this.#retries || signal?.aborted) throw result;
      await sleep((result.retryAfterSeconds ?? RETRY_SECONDS) * 1000, signal);
    }
  }
}
