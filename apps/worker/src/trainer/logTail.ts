import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const LINES = 50;
const LINE_LENGTH = 2000;

/** The last lines of some streams, in the order of their arrival; without blank ones and those to leave out. */
export class LogTail {
  readonly #lines: string[] = [];

  /** Called for each line that is kept. */
  onLine: (line: string) => void = () => undefined;

  constructor(private readonly leaveOut: (line: string) => boolean = () => false) {}

  follow(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.add(line);
    });
  }

  add(line: string): void {
    if (line.trim() === '' || this.leaveOut(line)) return;
    const shown = line.slice(0, LINE_LENGTH);
    this.#lines.push(shown);
    this.onLine(shown);
    if (this.#lines.length > LINES) this.#lines.shift();
  }

  get lines(): string[] {
    return [...this.#lines];
  }
}
