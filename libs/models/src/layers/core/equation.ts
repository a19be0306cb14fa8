// The equations of EinsumDense, such as "abc,cd->abd", read for an input of a shape.

import { SettingError, showShape, type Shape } from '../layer.js';
import type { Equation } from './einsum.js';

const FORM = /^(?:\.{3})?([a-zA-Z]+)(?:\.{3})?,([a-zA-Z]+)->(?:\.{3})?([a-zA-Z]+)(?:\.{3})?$/;
const HINT = 'Write it as "abc,cd->abd", "...x,xy->...y" or "ab...,bc->ac..."';

/** Throws SettingError. */
function refuse(message: string, setting = 'equation'): never {
  throw new SettingError([setting], message, HINT);
}

/** "left", "right", or "none", where a tensor has "..."; null where it has it on both sides. */
function dotsOf(labels: string): 'left' | 'right' | 'none' | null {
  const [left, right] = [labels.startsWith('...'), labels.endsWith('...')];
  if (left && right) return null;
  return left ? 'left' : right ? 'right' : 'none';
}

/** Labels of all axes, the batch's among them; those in the place of "..." are numbers. Throws SettingError. */
function readLabels(equation: string, rank: number): Equation & { readonly elided: readonly string[] } {
  const text = equation.replaceAll(' ', '');
  const [, input = '', kernel = '', output = ''] = FORM.exec(text) ?? [];
  const dots = dotsOf(text.split(',')[0] ?? '');
  if (input === '' || dots === null || dots !== dotsOf(text.split('->')[1] ?? ''))
    refuse(`"${equation}" is no equation of a tensor and a kernel`);
  const count = rank - input.length;
  if (count < 0 || (dots === 'none' && count > 0))
    refuse(`"${equation}" names ${input.length} axes, the input has ${rank}, batch included`);
  const elided = Array.from({ length: count }, (_, axis) => String(axis));
  const around = (labels: string): string[] =>
    dots === 'left' ? [...elided, ...Array.from(labels)] : [...Array.from(labels), ...elided];
  const read = { input: around(input), kernel: Array.from(kernel), output: around(output) };
  if (Object.values(read).some((labels) => new Set(labels).size < labels.length))
    refuse(`"${equation}" has a label twice in one tensor`);
  return { ...read, elided };
}

export interface Einsum extends Equation {
  /** Shape of the output, batch left out. */
  readonly linear: Shape;
  readonly kernelShape: Shape;
  /** Length by label; the batch has none. */
  readonly lengths: ReadonlyMap<string, number>;
}

/**
 * Reads an equation for an input; `given` are the output's lengths besides the batch and "...", null where the input
 * says them. Throws SettingError.
 */
export function readEquation(equation: string, given: readonly (number | null)[], shape: Shape): Einsum {
  const { elided, ...read } = readLabels(equation, shape.length + 1);
  const [batch = '', ...rest] = read.output;
  if (read.input[0] !== batch || read.kernel.includes(batch))
    refuse(`"${equation}" does not keep the batch as the first axis`);
  const axes = rest.filter((label) => !elided.includes(label));
  if (axes.length !== given.length) {
    const message = `output_shape has ${given.length} lengths, the equation ${axes.length} axes besides the batch`;
    refuse(message, 'output_shape');
  }
  const lengths = new Map(read.input.slice(1).map((label, axis) => [label, shape[axis] ?? 1]));
  axes.forEach((label, at) => {
    const [known, wanted] = [lengths.get(label), given[at] ?? null];
    if (known === undefined && !read.kernel.includes(label))
      refuse(`"${equation}" has an output axis "${label}" that nothing gives`);
    if (known === undefined && wanted === null)
      refuse(`output_shape has to say how long "${label}" is`, 'output_shape');
    if (known !== undefined && wanted !== null && wanted !== known) {
      const message = `"${label}" has ${known} values in the input ${showShape(shape)}, output_shape says ${wanted}`;
      refuse(message, 'output_shape');
    }
    lengths.set(label, known ?? wanted ?? 1);
  });
  const lengthOf = (label: string): number =>
    lengths.get(label) ?? refuse(`the kernel's axis "${label}" is in no other tensor`);
  return { ...read, linear: rest.map(lengthOf), kernelShape: read.kernel.map(lengthOf), lengths };
}

/** The shape of a bias along some axes of the output: from the first of them on, 1 along the others. Throws SettingError. */
export function biasShape({ output, lengths }: Einsum, axes: string): Shape {
  const named = Array.from(axes);
  const [, ...rest] = output;
  if (!named.every((label) => rest.includes(label)))
    refuse(`bias_axes "${axes}" are not all axes of the output besides the batch`, 'bias_axes');
  const first = rest.findIndex((label) => named.includes(label));
  return rest.slice(first).map((label) => (named.includes(label) ? (lengths.get(label) ?? 1) : 1));
}
