// The loaded library: its functions, the status of synchronous calls, and copies to and from C memory.

import type { LibraryHandle } from 'koffi';
import { codeOfStatus, EngineError, withAdvice } from '../errors.js';
import { loadLibraries, processLibrary } from '../runtime/library.js';
import { declareAll, type CApi, type Pointer } from './capi.js';
import { countHandles, HandleCounts } from './handles.js';

/** Owner of one TF_Status. A status must never be shared between threads: asynchronous calls have one each. */
export class Status {
  readonly pointer: Pointer;

  constructor(private readonly api: CApi) {
    this.pointer = api.TF_NewStatus();
  }

  /**
   * Throws what TensorFlow says when the last call that used this status failed. `what` names the op or the task. The
   * status is OK afterwards, for some functions set it only when they fail.
   */
  check(what: string, layer?: string): void {
    const status = this.api.TF_GetCode(this.pointer);
    if (status === 0) return;
    const place = { op: what, ...(layer ? { layer } : {}) };
    const message = this.api.TF_Message(this.pointer);
    this.api.TF_SetStatus(this.pointer, 0, '');
    const code = codeOfStatus(status, message);
    throw new EngineError(code, withAdvice(code, `${what}: ${message}`), place);
  }

  delete(): void {
    this.api.TF_DeleteStatus(this.pointer);
  }
}

const copyIn = processLibrary.func('void *memcpy(void *target, const void *source, size_t size)') as (
  target: Pointer | Uint8Array,
  source: Pointer | ArrayBufferView,
  size: number,
) => unknown;

const POINTER_BYTES = 8;

/** One loaded TensorFlow. */
export class Native {
  readonly api: CApi;
  /** Of all synchronous calls: JavaScript makes one of them at a time. */
  readonly status: Status;
  readonly handles = new HandleCounts();
  readonly #libraries: readonly LibraryHandle[];

  constructor(readonly folder: string) {
    this.#libraries = loadLibraries(folder);
    this.api = countHandles(declareAll(this.#libraries), this.handles);
    this.status = new Status(this.api);
  }

  /** Asks one of TensorFlow's own functions `bool tensorflow::name()`, by its Itanium C++ name; null when it has none. */
  ask(name: string): boolean | null {
    try {
      const symbol = `_ZN10tensorflow${name.length}${name}Ev`;
      return (this.#libraries[0]?.func(`bool ${symbol}()`) as (() => boolean) | undefined)?.() ?? null;
    } catch {
      return null; // koffi throws when the library does not export it.
    }
  }

  /** Copies bytes from a typed array into C memory. */
  writeMemory(pointer: Pointer, source: ArrayBufferView, bytes: number): void {
    if (bytes > 0) copyIn(pointer, source, bytes);
  }

  /** Copies bytes out of C memory. */
  readMemory(pointer: Pointer, bytes: number): ArrayBuffer {
    const target = new Uint8Array(bytes);
    if (bytes > 0) copyIn(target, pointer, bytes);
    return target.buffer;
  }

  /** Runs `fill` on a fresh TF_Buffer { data, length, free } and returns its bytes. */
  readBuffer(fill: (buffer: Pointer) => void): Uint8Array {
    const buffer = this.api.TF_NewBuffer();
    try {
      fill(buffer);
    } catch (error) {
      this.api.TF_DeleteBuffer(buffer);
      throw error;
    }
    return this.takeBuffer(buffer);
  }

  /** The bytes of a TF_Buffer, which is deleted. */
  takeBuffer(buffer: Pointer): Uint8Array {
    try {
      const [data = 0n, length = 0n] = new BigUint64Array(this.readMemory(buffer, 2 * POINTER_BYTES));
      return new Uint8Array(this.readMemory(data, Number(length)));
    } finally {
      this.api.TF_DeleteBuffer(buffer);
    }
  }
}
