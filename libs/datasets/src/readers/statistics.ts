import { toWireNumber, type ColumnType, type DatasetColumn } from '@gradstream/contracts';

/** How many distinct values are counted. */
const MAX_DISTINCT = 1000;

/** Running statistics of a column: mean and variance by Welford's method (Technometrics 4(3), 1962). */
export class ColumnStatistics {
  #count = 0;
  #missing = 0;
  #mean = 0;
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;
  readonly #distinct = new Set<string>();

  constructor(
    private readonly name: string,
    readonly type: ColumnType,
  ) {}

  addMissing(): void {
    this.#missing++;
  }

  addText(text: string): void {
    if (this.#distinct.size < MAX_DISTINCT) this.#distinct.add(text);
  }

  addNumber(value: number): void {
    this.addText(String(value));
    this.#count++;
    const delta = value - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (value - this.#mean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** The column as it is stored; numbers are null for text and for empty columns. */
  result(): DatasetColumn {
    const some = this.#count > 0;
    const figure = (value: number) => (some ? toWireNumber(value) : null);
    return {
      name: this.name,
      type: this.type,
      missing: this.#missing,
      distinct: this.#distinct.size,
      min: figure(this.#min),
      max: figure(this.#max),
      mean: figure(this.#mean),
      std: figure(Math.sqrt(this.#squares / this.#count)),
    };
  }
}
