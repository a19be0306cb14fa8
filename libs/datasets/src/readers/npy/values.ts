// Numbers of NPY files as they are stored: float32, int32 or uint8.

import type { ShardDtype } from '@gradstream/contracts';
import type { FixedValues } from '../source.js';
import type { NpyType } from './header.js';

/** The type in which an array's numbers are stored: single numbers a row always as float32. */
export function storedDtype({ kind, bytes }: NpyType, single: boolean): ShardDtype {
  if (single || kind === 'f') return 'float32';
  return kind === 'b' || (kind === 'u' && bytes === 1) ? 'uint8' : 'int32';
}

/** A number of IEEE 754's binary16. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

type Getter = (view: DataView, offset: number) => number;

function getterOf({ kind, bytes, littleEndian }: NpyType): Getter {
  if (kind === 'f') {
    if (bytes === 2) return (view, offset) => fromHalf(view.getUint16(offset, littleEndian));
    if (bytes === 4) return (view, offset) => view.getFloat32(offset, littleEndian);
    return (view, offset) => view.getFloat64(offset, littleEndian);
  }
  const signed = kind === 'i';
  switch (bytes) {
    case 1:
      return signed ? (view, offset) => view.getInt8(offset) : (view, offset) => view.getUint8(offset);
    case 2:
      return signed
        ? (view, offset) => view.getInt16(offset, littleEndian)
        : (view, offset) => view.getUint16(offset, littleEndian);
    case 4:
      return signed
        ? (view, offset) => view.getInt32(offset, littleEndian)
        : (view, offset) => view.getUint32(offset, littleEndian);
    default:
      return signed
        ? (view, offset) => Number(view.getBigInt64(offset, littleEndian))
        : (view, offset) => Number(view.getBigUint64(offset, littleEndian));
  }
}

/** Reads numbers of one type into stored ones. */
export class NpyDecoder {
  readonly #get: Getter;
  readonly #bytes: number;
  readonly #copies: boolean;

  constructor(type: NpyType, dtype: ShardDtype) {
    this.#get = getterOf(type);
    this.#bytes = type.bytes;
    const { kind, bytes, littleEndian } = type;
    this.#copies =
      (dtype === 'float32' && kind === 'f' && bytes === 4 && littleEndian) ||
      (dtype === 'int32' && kind === 'i' && bytes === 4 && littleEndian) ||
      (dtype === 'uint8' && bytes === 1);
  }

  /**
   * Puts the numbers that bytes hold at every `stride`-th place of the target. The place of an integer that int32 cannot
   * hold is the answer, -1 when there is none. Float64 is rounded to float32, beyond its range to an infinity.
   */
  decode(from: Buffer, target: FixedValues, at = 0, stride = 1): number {
    const count = Math.floor(from.length / this.#bytes);
    if (this.#copies && stride === 1) {
      new Uint8Array(target.buffer, target.byteOffset + at * this.#bytes).set(from);
      return -1;
    }
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    const checked = target instanceof Int32Array;
    for (let index = 0; index < count; index++) {
      const value = this.#get(view, index * this.#bytes);
      if (checked && (value > 2 ** 31 - 1 || value < -(2 ** 31))) return at + index * stride;
      target[at + index * stride] = value;
    }
    return -1;
  }
}
