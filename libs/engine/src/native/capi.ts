// The part of TensorFlow's C API that is used, declared for koffi and typed. Opaque pointers are BigInts.

import koffi, { type LibraryHandle } from 'koffi';

export type Pointer = bigint;

/** One output of a graph operation. */
export interface GraphOutput {
  readonly oper: Pointer;
  readonly index: number;
}

type Bytes = Uint8Array;
type Callback = (error: Error | null) => void;

/** The C functions by name; each also has an asynchronous form, of which only Execute's is used. */
// A type, not an interface: it is made from a record of functions in one place (`declareAll`).
export type CApi = {
  TF_Version: () => string;
  TF_NewStatus: () => Pointer;
  TF_DeleteStatus: (status: Pointer) => void;
  TF_GetCode: (status: Pointer) => number;
  TF_Message: (status: Pointer) => string;
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
  TF_StringGetSize: (slot: Pointer) => number | bigint;
  TF_StringGetDataPointer: (slot: Pointer) => Pointer;
  TFE_NewContextOptions: () => Pointer;
  TFE_ContextOptionsSetConfig: (options: Pointer, proto: Bytes, size: number, status: Pointer) => void;
  TFE_DeleteContextOptions: (options: Pointer) => void;
  TFE_NewContext: (options: Pointer, status: Pointer) => Pointer;
  TFE_ContextAddFunction: (context: Pointer, fn: Pointer, status: Pointer) => void;
  TFE_ContextRemoveFunction: (context: Pointer, name: string, status: Pointer) => void;
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
  TFE_OpAddInput: (op: Pointer, handle: Pointer, status: Pointer) => void;
  TFE_Execute: ((op: Pointer, outputs: BigUint64Array, count: number[], status: Pointer) => void) & {
    async: (op: Pointer, outputs: BigUint64Array, count: number[], status: Pointer, done: Callback) => void;
  };
  TF_NewGraph: () => Pointer;
  TF_DeleteGraph: (graph: Pointer) => void;
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
  TF_GraphToFunction: (
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
    options: null,
    description: string,
    status: Pointer,
  ) => Pointer;
  TF_DeleteFunction: (fn: Pointer) => void;
};

const DECLARATIONS = `
  const char *TF_Version()
  void *TF_NewStatus()
  void TF_DeleteStatus(void *status)
  int TF_GetCode(void *status)
  const char *TF_Message(void *status)
  void *TF_NewBuffer()
  void TF_DeleteBuffer(void *buffer)
  void *TF_AllocateTensor(int dtype, const int64_t *dims, int rank, size_t bytes)
  void TF_DeleteTensor(void *tensor)
  void *TF_TensorData(void *tensor)
  size_t TF_TensorByteSize(void *tensor)
  int64_t TF_TensorElementCount(void *tensor)
  int TF_TensorType(void *tensor)
  void TF_StringInit(void *string)
  void TF_StringCopy(void *string, const void *bytes, size_t size)
  size_t TF_StringGetSize(void *string)
  void *TF_StringGetDataPointer(void *string)
  void *TFE_NewContextOptions()
  void TFE_ContextOptionsSetConfig(void *options, const void *proto, size_t size, void *status)
  void TFE_DeleteContextOptions(void *options)
  void *TFE_NewContext(void *options, void *status)
  void TFE_ContextAddFunction(void *context, void *function, void *status)
  void TFE_ContextRemoveFunction(void *context, const char *name, void *status)
  void *TFE_NewTensorHandle(void *tensor, void *status)
  void TFE_DeleteTensorHandle(void *handle)
  void *TFE_TensorHandleResolve(void *handle, void *status)
  int TFE_TensorHandleDataType(void *handle)
  int TFE_TensorHandleNumDims(void *handle, void *status)
  int64_t TFE_TensorHandleDim(void *handle, int axis, void *status)
  void *TFE_NewOp(void *context, const char *name, void *status)
  void TFE_DeleteOp(void *op)
  void TFE_OpSetAttrString(void *op, const char *name, const void *value, size_t size)
  void TFE_OpSetAttrInt(void *op, const char *name, int64_t value)
  void TFE_OpSetAttrIntList(void *op, const char *name, const int64_t *values, int count)
  void TFE_OpSetAttrFloat(void *op, const char *name, float value)
  void TFE_OpSetAttrFloatList(void *op, const char *name, const float *values, int count)
  void TFE_OpSetAttrBool(void *op, const char *name, uint8_t value)
  void TFE_OpSetAttrType(void *op, const char *name, int value)
  void TFE_OpSetAttrTypeList(void *op, const char *name, const int *values, int count)
  void TFE_OpSetAttrShape(void *op, const char *name, const int64_t *dims, int rank, void *status)
  void TFE_OpAddInput(void *op, void *handle, void *status)
  void TFE_Execute(void *op, _Inout_ void **outputs, _Inout_ int *count, void *status)
  void *TF_NewGraph()
  void TF_DeleteGraph(void *graph)
  void TF_GraphGetOpDef(void *graph, const char *name, void *buffer, void *status)
  void *TF_NewOperation(void *graph, const char *type, const char *name)
  void TF_SetAttrString(void *op, const char *name, const void *value, size_t size)
  void TF_SetAttrInt(void *op, const char *name, int64_t value)
  void TF_SetAttrIntList(void *op, const char *name, const int64_t *values, int count)
  void TF_SetAttrFloat(void *op, const char *name, float value)
  void TF_SetAttrFloatList(void *op, const char *name, const float *values, int count)
  void TF_SetAttrBool(void *op, const char *name, uint8_t value)
  void TF_SetAttrType(void *op, const char *name, int value)
  void TF_SetAttrTypeList(void *op, const char *name, const int *values, int count)
  void TF_SetAttrShape(void *op, const char *name, const int64_t *dims, int rank)
  void TF_SetAttrTensor(void *op, const char *name, void *tensor, void *status)
  void TF_AddInput(void *op, TF_Output input)
  void TF_AddInputList(void *op, const TF_Output *inputs, int count)
  void *TF_FinishOperation(void *op, void *status)
  int TF_OperationNumOutputs(void *operation)
  int TF_OperationOutputType(TF_Output output)
  int TF_GraphGetTensorNumDims(void *graph, TF_Output output, void *status)
  void TF_GraphGetTensorShape(void *graph, TF_Output output, _Out_ int64_t *dims, int rank, void *status)
  void *TF_GraphToFunction(void *graph, const char *name, uint8_t append_hash, int num_ops, void *ops, int num_inputs, const TF_Output *inputs, int num_outputs, const TF_Output *outputs, void *output_names, void *options, const char *description, void *status)
  void TF_DeleteFunction(void *function)
`;

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
