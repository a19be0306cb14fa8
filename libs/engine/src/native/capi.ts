// The part of TensorFlow's C API that is used, declared for koffi and typed. Opaque pointers are BigInts.

import koffi, { type LibraryHandle } from 'koffi';
import { DECLARATIONS } from './declarations.js';

export type Pointer = bigint;

/** One output of a graph operation. */
export interface GraphOutput {
  readonly oper: Pointer;
  readonly index: number;
}

type Bytes = Uint8Array;
type Callback = (error: Error | null) => void;

/** The C functions by name; each also has an asynchronous form, declared where it is used. */
// A type, not an interface: it is made from a record of functions in one place (`declareAll`).
export type CApi = {
  TF_Version: () => string;
  TF_NewStatus: () => Pointer;
  TF_DeleteStatus: (status: Pointer) => void;
  TF_GetCode: (status: Pointer) => number;
  TF_Message: (status: Pointer) => string;
  TF_SetStatus: (status: Pointer, code: number, message: string) => void;
  TF_NewBuffer: () => Pointer;
  TF_DeleteBuffer: (buffer: Pointer) => void;
  TF_AllocateTensor: (dtype: number, dims: BigInt64Array, rank: number, bytes: number) => Pointer;
  TF_DeleteTensor: (tensor: Pointer) => void;
  TF_TensorData: (tensor: Pointer) => Pointer;
  TF_TensorByteSize: (tensor: Pointer) => number | bigint;
  TF_TensorElementCount: (tensor: Pointer) => number | bigint;
  TF_TensorType: (tensor: Pointer) => number;
  TF_StringInit: (slot: Pointer) => void;
  TF_StringCopy: (slot: Pointer, bytes: Bytes, size: number) => void;
  TF_StringDealloc: (slot: Pointer) => void;
  TF_StringGetSize: (slot: Pointer) => number | bigint;
  TF_StringGetDataPointer: (slot: Pointer) => Pointer;
  TFE_NewContextOptions: () => Pointer;
  TFE_ContextOptionsSetConfig: (options: Pointer, proto: Bytes, size: number, status: Pointer) => void;
  TFE_DeleteContextOptions: (options: Pointer) => void;
  TFE_NewContext: (options: Pointer, status: Pointer) => Pointer;
  TFE_ContextAddFunction: (context: Pointer, fn: Pointer, status: Pointer) => void;
  TFE_ContextRemoveFunction: (context: Pointer, name: string, status: Pointer) => void;
  TFE_ContextListDevices: (context: Pointer, status: Pointer) => Pointer;
  TFE_ContextEnableGraphCollection: (context: Pointer) => void;
  TFE_ContextDisableGraphCollection: (context: Pointer) => void;
  TFE_ContextEnableRunMetadata: (context: Pointer) => void;
  TFE_ContextDisableRunMetadata: (context: Pointer) => void;
  TFE_ContextExportRunMetadata: (context: Pointer, buffer: Pointer, status: Pointer) => void;
  TFE_DeleteContext: (context: Pointer) => void;
  TFE_TensorHandleBackingDeviceName: (handle: Pointer, status: Pointer) => string;
  TFE_CollectiveOpsCheckPeerHealth: {
    async: (context: Pointer, task: string, timeoutMs: number, status: Pointer, done: Callback) => void;
  };
  TFE_AbortCollectiveOps: (context: Pointer, status: Pointer) => void;
  TFE_EnableCollectiveOps: (context: Pointer, proto: Bytes, size: number, status: Pointer) => void;
  TF_DeviceListCount: (list: Pointer) => number;
  TF_DeviceListName: (list: Pointer, index: number, status: Pointer) => string;
  TF_DeviceListType: (list: Pointer, index: number, status: Pointer) => string;
  TF_DeviceListMemoryBytes: (list: Pointer, index: number, status: Pointer) => number | bigint;
  TF_DeleteDeviceList: (list: Pointer) => void;
  TFE_NewCancellationManager: () => Pointer;
  TFE_CancellationManagerStartCancel: (manager: Pointer) => void;
  TFE_DeleteCancellationManager: (manager: Pointer) => void;
  TFE_OpSetCancellationManager: (op: Pointer, manager: Pointer, status: Pointer) => void;
  TFE_OpSetDevice: (op: Pointer, device: string, status: Pointer) => void;
  TFE_NewTensorHandle: (tensor: Pointer, status: Pointer) => Pointer;
  TFE_DeleteTensorHandle: (handle: Pointer) => void;
  TFE_TensorHandleResolve: (handle: Pointer, status: Pointer) => Pointer;
  TFE_TensorHandleDataType: (handle: Pointer) => number;
  TFE_TensorHandleNumDims: (handle: Pointer, status: Pointer) => number;
  TFE_TensorHandleDim: (handle: Pointer, axis: number, status: Pointer) => number | bigint;
  TFE_NewOp: (context: Pointer, name: string, status: Pointer) => Pointer;
  TFE_DeleteOp: (op: Pointer) => void;
  TFE_OpSetAttrString: (op: Pointer, name: string, value: Bytes, size: number) => void;
  TFE_OpSetAttrInt: (op: Pointer, name: string, value: number) => void;
  TFE_OpSetAttrIntList: (op: Pointer, name: string, values: BigInt64Array, count: number) => void;
  TFE_OpSetAttrFloat: (op: Pointer, name: string, value: number) => void;
  TFE_OpSetAttrFloatList: (op: Pointer, name: string, values: Float32Array, count: number) => void;
  TFE_OpSetAttrBool: (op: Pointer, name: string, value: number) => void;
  TFE_OpSetAttrType: (op: Pointer, name: string, value: number) => void;
  TFE_OpSetAttrTypeList: (op: Pointer, name: string, values: Int32Array, count: number) => void;
  TFE_OpSetAttrShape: (op: Pointer, name: string, dims: BigInt64Array, rank: number, status: Pointer) => void;
  TFE_OpAddInputList: (op: Pointer, handles: BigUint64Array, count: number, status: Pointer) => void;
  TFE_OpAddInput: (op: Pointer, handle: Pointer, status: Pointer) => void;
  TFE_Execute: ((op: Pointer, outputs: BigUint64Array, count: number[], status: Pointer) => void) & {
    async: (op: Pointer, outputs: BigUint64Array, count: number[], status: Pointer, done: Callback) => void;
  };
  TF_NewGraph: () => Pointer;
  TF_DeleteGraph: (graph: Pointer) => void;
  TF_GetRegisteredKernelsForOp: (name: string, status: Pointer) => Pointer;
  TF_GraphGetOpDef: (graph: Pointer, name: string, buffer: Pointer, status: Pointer) => void;
  TF_NewOperation: (graph: Pointer, type: string, name: string) => Pointer;
  TF_SetAttrString: (op: Pointer, name: string, value: Bytes, size: number) => void;
  TF_SetAttrInt: (op: Pointer, name: string, value: number) => void;
  TF_SetAttrIntList: (op: Pointer, name: string, values: BigInt64Array, count: number) => void;
  TF_SetAttrFloat: (op: Pointer, name: string, value: number) => void;
  TF_SetAttrFloatList: (op: Pointer, name: string, values: Float32Array, count: number) => void;
  TF_SetAttrBool: (op: Pointer, name: string, value: number) => void;
  TF_SetAttrType: (op: Pointer, name: string, value: number) => void;
  TF_SetAttrTypeList: (op: Pointer, name: string, values: Int32Array, count: number) => void;
  TF_SetAttrShape: (op: Pointer, name: string, dims: BigInt64Array, rank: number) => void;
  TF_SetAttrTensor: (op: Pointer, name: string, tensor: Pointer, status: Pointer) => void;
  TF_AddInput: (op: Pointer, input: GraphOutput) => void;
  TF_AddInputList: (op: Pointer, inputs: GraphOutput[], count: number) => void;
  TF_AddControlInput: (op: Pointer, input: Pointer) => void;
  TF_SetAttrFuncName: (op: Pointer, name: string, value: string, size: number) => void;
  TF_SetDevice: (op: Pointer, device: string) => void;
  TF_GraphCopyFunction: (graph: Pointer, fn: Pointer, gradient: null, status: Pointer) => void;
  TF_GraphSetTensorShape: (
    graph: Pointer,
    output: GraphOutput,
    dims: BigInt64Array,
    rank: number,
    status: Pointer,
  ) => void;
  TF_FinishOperation: (op: Pointer, status: Pointer) => Pointer;
  TF_OperationNumOutputs: (operation: Pointer) => number;
  TF_OperationOutputType: (output: GraphOutput) => number;
  TF_GraphGetTensorNumDims: (graph: Pointer, output: GraphOutput, status: Pointer) => number;
  TF_GraphGetTensorShape: (
    graph: Pointer,
    output: GraphOutput,
    dims: BigInt64Array,
    rank: number,
    status: Pointer,
  ) => void;
  TF_GraphToFunctionWithControlOutputs: (
    graph: Pointer,
    name: string,
    appendHash: number,
    opCount: number,
    ops: null,
    inputCount: number,
    inputs: GraphOutput[],
    outputCount: number,
    outputs: GraphOutput[],
    outputNames: null,
    controlCount: number,
    controls: Pointer[],
    controlNames: string[],
    options: null,
    description: string,
    status: Pointer,
  ) => Pointer;
  TF_DeleteFunction: (fn: Pointer) => void;
  TFE_ContextGetFunction: (context: Pointer, name: string, status: Pointer) => Pointer;
  TF_NewBufferFromString: (bytes: Bytes, size: number) => Pointer;
  TF_NewSessionOptions: () => Pointer;
  TF_SetConfig: (options: Pointer, proto: Bytes, size: number, status: Pointer) => void;
  TF_DeleteSessionOptions: (options: Pointer) => void;
  TF_NewSession: (graph: Pointer, options: Pointer, status: Pointer) => Pointer;
  TF_CloseSession: (session: Pointer, status: Pointer) => void;
  TF_DeleteSession: (session: Pointer, status: Pointer) => void;
  TF_SessionRun: (
    session: Pointer,
    runOptions: Pointer | null,
    inputs: GraphOutput[],
    inputValues: Pointer[],
    inputCount: number,
    outputs: GraphOutput[],
    outputValues: BigUint64Array,
    outputCount: number,
    targets: Pointer[],
    targetCount: number,
    metadata: Pointer | null,
    status: Pointer,
  ) => void;
};

/** koffi's table of types belongs to the process, and outlives a reloaded module. */
function ensureStruct(name: string, members: Record<string, string>): void {
  try {
    koffi.type(name);
  } catch {
    koffi.struct(name, members); // It was not known yet.
  }
}

/** Binds every declaration from whichever library exports it. */
export function declareAll(libraries: readonly LibraryHandle[]): CApi {
  ensureStruct('TF_Output', { oper: 'void *', index: 'int' });
  const declare = (signature: string): unknown => {
    let failure: unknown;
    for (const library of libraries) {
      try {
        return library.func(signature);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
  const lines = DECLARATIONS.split('\n').map((line) => line.trim());
  const entries = lines
    .filter(Boolean)
    .map((line) => [/(\w+)\(/.exec(line)?.[1] ?? '', declare(line)] as const);
  return Object.fromEntries<unknown>(entries) as CApi;
}
