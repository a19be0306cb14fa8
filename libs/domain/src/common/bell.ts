/** A wait that a hint, an abort, or time ends. A hint between reset and wait counts. */
export class Bell {
  #rung = false;
  #wake: () => void = () => undefined;

  constructor(private readonly signal: AbortSignal) {}

  readonly ring = (): void => {
    this.#rung = true;
    this.#wake();
  };

  reset(): void {
    this.#rung = false;
  }

  async wait(ms: number): Promise<void> {
    if (this.#rung || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }
}
