import { describe, expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { LogTail } from './logTail.js';
import { isNotice } from './notices.js';

// Copied from the standard error of TensorFlow 2.21 on a CPU, TF_CPP_MIN_LOG_LEVEL=0.
const START = `WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795570945.631571   13135 port.cc:153] oneDNN custom operations are on. You may see slightly different numerical results due to floating-point round-off errors from different computation orders. To turn them off, set the environment variable \`TF_ENABLE_ONEDNN_OPTS=0\`.
I0000 00:00:1795570946.125320   13135 cpu_feature_guard.cc:227] This TensorFlow binary is optimized to use available CPU instructions in performance-critical operations.
To enable the following instructions: AVX2 AVX512F AVX512_VNNI FMA, in other operations, rebuild TensorFlow with the appropriate compiler flags.`;

// What a failed check and a native warning look like: same form, another severity.
const REASONS = `F0000 00:00:1795570946.125320   13135 tensor.cc:713] Check failed: dtype() == expected_dtype (1 vs. 3)
W0000 00:00:1795570946.125320   13135 cpu_allocator_impl.cc:84] Allocation of 8589934592 exceeds 10% of free system memory.
Error: the file has no column "y"
    at readTable (file:///apps/trainer/dist/attempt.js:20:11)`;

describe('the tail of a trainer’s log', () => {
  test('keeps reasons and leaves out what TensorFlow says at every start', async () => {
    const tail = new LogTail(isNotice);
    const stream = new PassThrough();
    tail.follow(stream);
    stream.end(`${START}\n\n${REASONS}\n`);
    await finished(stream);
    expect(tail.lines).toEqual(REASONS.split('\n'));
  });
});
