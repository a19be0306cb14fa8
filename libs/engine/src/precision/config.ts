// Encodes the few fields of ConfigProto that are used, by hand: protobuf 3 wire format, field numbers from
// TensorFlow's config.proto and rewriter_config.proto.

const TOGGLE_ON = 1;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

/** A number; zero is the default and is left out. */
const numberField = (field: number, value: number): Buffer =>
  value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(field * 8), varint(value)]);

/** A message; an empty one is left out. */
const messageField = (field: number, content: Buffer): Buffer =>
  content.length === 0 ? content : Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);

export interface ConfigOptions {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
  /** Grappler computes in bfloat16 where that is safe; variables stay in float32. */
  readonly bfloat16?: boolean;
}

/** An encoded ConfigProto. */
export function encodeConfig({
  intraOpThreads = 0,
  interOpThreads = 0,
  bfloat16 = false,
}: ConfigOptions): Buffer {
  const rewriter = numberField(31, bfloat16 ? TOGGLE_ON : 0); // auto_mixed_precision_onednn_bfloat16
  return Buffer.concat([
    numberField(2, intraOpThreads), // intra_op_parallelism_threads
    numberField(5, interOpThreads), // inter_op_parallelism_threads
    messageField(10, messageField(10, rewriter)), // graph_options.rewrite_options
  ]);
}
