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
    bfloat16Pays: true,
  });
});

test('bfloat16 pays with instructions for it, and not without', () => {
  expect(describeCpu(cpuinfo('a', 'avx2 avx512f avx512_vnni amx_tile')).bfloat16Pays).toBe(false);
  expect(describeCpu(cpuinfo('a', 'avx2 amx_tile amx_bf16')).bfloat16Pays).toBe(true);
  expect(describeCpu('')).toEqual({ model: 'unknown', features: [], bfloat16Pays: false });
});
