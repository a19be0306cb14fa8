/** Memory over time, in bytes: what is held by a key, and the most at a time. */
export class Ledger {
  readonly #held = new Map<string, number>();
  #bytes = 0;
  #peak = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get peak(): number {
    return this.#peak;
  }

  /** What is held by one key. */
  of(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  /** Without effect where the key is held already. */
  hold(key: string, bytes: number): void {
    if (this.#held.has(key)) return;
    this.#held.set(key, bytes);
    this.#bytes += bytes;
    this.#peak = Math.max(this.#peak, this.#bytes);
  }

  drop(key: string): void {
    this.#bytes -= this.#held.get(key) ?? 0;
    this.#held.delete(key);
  }
}
