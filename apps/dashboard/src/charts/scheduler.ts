// Draws charts between frames of the screen: those that wait longest first, and never for longer than a part of a frame, so that
// many charts cost smoothness to none.

/** Milliseconds of a frame that may go into drawing; one of 50 a second has 20. */
const BUDGET_MS = 8;

interface Clocks {
  readonly now: () => number;
  readonly nextFrame: (run: () => void) => unknown;
}

export class DrawScheduler {
  readonly #waiting = new Set<() => void>();
  #isPlanned = false;

  constructor(
    private readonly clocks: Clocks = {
      now: () => performance.now(),
      nextFrame: (run) => requestAnimationFrame(run),
    },
  ) {}

  /** Has something drawn soon; asked twice before that, it is drawn once. */
  request(draw: () => void): void {
    this.#waiting.add(draw);
    this.#plan();
  }

  /** Takes a request back. */
  cancel(draw: () => void): void {
    this.#waiting.delete(draw);
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.size === 0) return;
    this.#isPlanned = true;
    this.clocks.nextFrame(() => {
      this.#isPlanned = false;
      this.#run();
      this.#plan();
    });
  }

  #run(): void {
    const end = this.clocks.now() + BUDGET_MS;
    for (const draw of this.#waiting) {
      this.#waiting.delete(draw);
      draw();
      if (this.clocks.now() >= end) return;
    }
  }
}

/** The one of the page. */
export const drawing = new DrawScheduler();
