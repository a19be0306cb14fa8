// The numbers of `integerBelow` without BigInt, which takes a microsecond a number: 64-bit integers as two halves of 32.

const WORD = 2 ** 32;

/** The upper half of the product of two unsigned 32-bit integers. */
function highProduct(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carried = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
}

export class Draws {
  readonly #keyHigh: number;
  readonly #keyLow: number;
  #high = 0;
  #low = 0;

  constructor(key: bigint) {
    this.#keyHigh = Number(BigInt.asUintN(64, key) >> 32n);
    this.#keyLow = Number(BigInt.asUintN(32, key));
  }

  /** `integerBelow(bound, key, counter)`, counter below 2^32 - 1. */
  below(bound: number, counter: number): number {
    // key + (counter + 1) · 0x9e3779b97f4a7c15, then splitmix64's finalizer.
    this.#high = 0;
    this.#low = counter + 1;
    this.#multiply(0x9e3779b9, 0x7f4a7c15);
    const low = this.#low + this.#keyLow;
    this.#high = (this.#high + this.#keyHigh + (low >= WORD ? 1 : 0)) >>> 0;
    this.#low = low >>> 0;
    this.#shiftXor(30);
    this.#multiply(0xbf58476d, 0x1ce4e5b9);
    this.#shiftXor(27);
    this.#multiply(0x94d049bb, 0x133111eb);
    this.#shiftXor(31);
    return highProduct(this.#high, bound);
  }

  /** The number times another one, modulo 2^64. */
  #multiply(high: number, low: number): void {
    const cross = Math.imul(this.#high, low) + Math.imul(this.#low, high);
    this.#high = (cross + highProduct(this.#low, low)) >>> 0;
    this.#low = Math.imul(this.#low, low) >>> 0;
  }

  /** The number xor itself shifted right by less than 32 bits. */
  #shiftXor(bits: number): void {
    const low = (this.#low >>> bits) | (this.#high << (32 - bits));
    this.#high = (this.#high ^ (this.#high >>> bits)) >>> 0;
    this.#low = (this.#low ^ low) >>> 0;
  }
}
