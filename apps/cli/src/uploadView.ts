// The picture of an upload on its way, on standard error: the command's answer goes to standard output.

import { formatBytes } from './format.js';
import { bar, fitted, type Terminal } from './terminal.js';

/** Away from a terminal, a line is written each time that so many percent more have arrived. */
const STEP = 10;

/** Draws how much of a file has arrived: a line that is rewritten on a terminal, one each 10 % elsewhere. */
export class UploadView {
  #told = -1;
  /** Whether the cursor is behind the picture. */
  #drawn = false;

  constructor(
    private readonly bytes: number,
    private readonly out: Terminal = process.stderr,
  ) {}

  /** So many bytes have arrived. */
  accept(arrived: number): void {
    const share = this.bytes === 0 ? 1 : arrived / this.bytes;
    const percent = `${Math.floor(share * 100)} %`;
    const sizes = `${formatBytes(arrived)} of ${formatBytes(this.bytes)}`;
    if (this.out.isTTY) {
      const line = fitted([`${bar(share)} ${percent.padStart(5)}`, sizes], this.out.columns);
      this.out.write(`\r\x1b[2K${line}${share >= 1 ? '\n' : ''}`);
      this.#drawn = share < 1;
      return;
    }
    const level = Math.floor((share * 100) / STEP);
    if (level > this.#told) this.out.write(`${percent.padStart(5)}  ${sizes} have arrived\n`);
    this.#told = level;
  }

  /** A line of its own. */
  tell(line: string): void {
    this.end();
    this.out.write(`${line}\n`);
  }

  /** Leaves the line of an upload that stopped on its way. */
  end(): void {
    if (this.#drawn) this.out.write('\n');
    this.#drawn = false;
  }
}
