// HTTP with what every call needs: the key, JSON, typed errors, and a second try when the server says so.

import { GradstreamError, problemSchema } from '@gradstream/contracts';

export interface ClientOptions {
  /** Where the server is, such as http://127.0.0.1:3000. */
  readonly url: string;
  /** The secret of an API key, `gs_…`. */
  readonly apiKey: string;
  /** How often a request that found the server away is sent again; 5 unless said otherwise. */
  readonly retries?: number;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly signal?: AbortSignal;
}

const DEFAULT_RETRIES = 5;
const RETRY_SECONDS = 1;

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

  /** DELETE, answered with the resource as it is now. */
  async delete(path: string): Promise<unknown> {
    return (await this.send('DELETE', path, {})).json();
  }

  /** One request; throws GradstreamError for an answer of 400 or more, and when no answer came. */
  async send(method: string, path: string, { body, query = {}, signal }: RequestOptions): Promise<Response> {
    const url = new URL(`${this.url}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { authorization: `Bearer ${this.apiKey}` };
    if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (signal) init.signal = signal;
    for (let attempt = 0; ; attempt++) {
      const result = await this.#try(url, init);
      if (result instanceof Response) return result;
      if (result.code !== 'SERVICE_UNAVAILABLE' || attempt >= this.#retries || signal?.aborted) throw result;
      await sleep((result.retryAfterSeconds ?? RETRY_SECONDS) * 1000, signal);
    }
  }

  /** One try: the answer, or the error that it or its absence stands for. */
  async #try(url: URL, init: RequestInit): Promise<Response | GradstreamError> {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      const detail = `no answer from ${url.origin}: is the server running? Start it with "npm start".`;
      return new GradstreamError('SERVICE_UNAVAILABLE', detail, { cause });
    }
    return response.ok ? response : toError(response);
  }
}
