// Counts what TensorFlow made for us and still has to get back.

import type { CApi, Pointer } from './capi.js';

export type HandleKind =
  | 'buffer'
  | 'cancellation'
  | 'deviceList'
  | 'function'
  | 'graph'
  | 'hostTensor'
  | 'op'
  | 'session'
  | 'status'
  | 'tensor';

const MAKERS = {
  TF_NewStatus: 'status',
  TF_NewBuffer: 'buffer',
  TF_AllocateTensor: 'hostTensor',
  TFE_TensorHandleResolve: 'hostTensor',
  TFE_NewTensorHandle: 'tensor',
  TFE_NewOp: 'op',
  TFE_ContextListDevices: 'deviceList',
  TFE_NewCancellationManager: 'cancellation',
  TF_NewGraph: 'graph',
  TF_GraphToFunctionWithControlOutputs: 'function',
  TFE_ContextGetFunction: 'function',
  TF_NewBufferFromString: 'buffer',
  TF_GetRegisteredKernelsForOp: 'buffer',
  TF_NewSession: 'session',
} as const satisfies Partial<Record<keyof CApi, HandleKind>>;

const ENDERS = {
  TF_DeleteStatus: 'status',
  TF_DeleteBuffer: 'buffer',
  TF_DeleteTensor: 'hostTensor',
  TFE_DeleteTensorHandle: 'tensor',
  TFE_DeleteOp: 'op',
  TF_DeleteDeviceList: 'deviceList',
  TFE_DeleteCancellationManager: 'cancellation',
  TF_DeleteGraph: 'graph',
  TF_DeleteFunction: 'function',
  TF_DeleteSession: 'session',
} as const satisfies Partial<Record<keyof CApi, HandleKind>>;

type AnyFunction = (...args: unknown[]) => unknown;

/** Handles in use, by kind. */
export class HandleCounts {
  readonly #counts = new Map<HandleKind, number>();

  add(kind: HandleKind, change: number): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + change);
  }

  /** Those that are in use; kinds of which there are none are left out. */
  snapshot(): Partial<Record<HandleKind, number>> {
    return Object.fromEntries([...this.#counts].filter(([, count]) => count !== 0).sort());
  }
}

/** The same functions; those that make or end something count it. A call that failed made nothing. */
export function countHandles(api: CApi, counts: HandleCounts): CApi {
  const functions = { ...api } as Record<string, unknown>;
  const wrap = (name: string, after: (result: unknown) => void): void => {
    const call = functions[name] as AnyFunction;
    functions[name] = (...args: unknown[]): unknown => {
      const result = call(...args);
      after(result);
      return result;
    };
  };
  for (const [name, kind] of Object.entries(MAKERS)) {
    wrap(name, (result) => {
      if (result as Pointer | null) counts.add(kind, 1);
    });
  }
  for (const [name, kind] of Object.entries(ENDERS)) {
    wrap(name, () => {
      counts.add(kind, -1);
    });
  }
  return functions as CApi;
}
