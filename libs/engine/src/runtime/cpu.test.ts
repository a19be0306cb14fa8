import { expect, test } from '@jest/globals';
import { describeCpu } from './cpu.js';

/** As /proc/cpuinfo writes it: a tab before the colon, one block a processor. */
const cpuinfo = (model: string, flags: string): string =>
  `processor\t: 0\nmodel name\t: ${model}\nflags\t\t: ${flags}\nbugs\t\t: spectre_v1\n\nprocessor\t: 1\nmodel name\t: other\nflags\t\t: fpu\n`;

test('the features that matter are read from the first processor', () => {
  expect(
    describeCpu(cpuinfo('Some CPU @ 2 GHz', 'fpu sse avx2 fma avx512f avx512_bf16 amx_tile avx512bw')),
  ).toEqual({
    model: 'Some CPU @ 2 GHz',
    features: ['avx2', 'fma', 'avx512f', 'avx512_bf16', 'amx_tile'],
    hasBfloat16: true,
    bfloat16Pays: false,
  });
});

test.each([
  ['avx2 avx512f avx512_vnni amx_tile', { hasBfloat16: false, bfloat16Pays: false }],
  ['avx2 avx512f avx512_bf16', { hasBfloat16: true, bfloat16Pays: false }],
  ['avx2 amx_tile amx_bf16', { hasBfloat16: true, bfloat16Pays: true }],
])('bfloat16 needs instructions for it, and pays with those of AMX (%s)', (flags, expected) => {
  expect(describeCpu(cpuinfo('a', flags))).toMatchObject(expected);
});

test('a processor that tells nothing has nothing', () => {
  expect(describeCpu('')).toEqual({
    model: 'unknown',
    features: [],
    hasBfloat16: false,
    bfloat16Pays: false,
  });
});
