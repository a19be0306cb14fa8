// Draws charts between frames of the screen: those that wait longest first, and only as many a frame as leave the page smooth.
// What a chart costs shows after it was drawn, when the browser paints it: the next frame is late. So their number is found by
// trial: half as many after a late frame, some more after one that was in time.

/** A frame that takes longer is late; one of 50 a second has 20 ms. */
const LATE_MS = 21;
/** Milliseconds of a frame that may go into the drawing itself. */
const BUDGET_MS = 8;
/** Charts a frame: at most, and at least (one in so many frames). */
const MOST = 16;
const LEAST = 1 / 8;
/** By how much the number grows after a frame in time. */
const STEP = 1 / 4;

interface Clocks {
  readonly now: () => number;
  readonly nextFrame: (run: () => void) => unknown;
}

export class DrawScheduler {
  readonly #waiting = new Set<() => void>();
  #isPlanned = false;
  /** Charts a frame, and what of them was not drawn yet. */
  #share = MOST;
  #credit = 0;
  /** When the last frame of this row of frames began; null before the first one. */
  #last: number | null = null;

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
    if (this.#isPlanned) return;
    // One frame more than is drawn in: it shows what the last drawing took.
    if (this.#waiting.size === 0 && this.#last === null) return;
    this.#isPlanned = true;
    this.clocks.nextFrame(() => {
      this.#isPlanned = false;
      this.#run();
      this.#plan();
    });
  }

  #run(): void {
    const now = this.clocks.now();
    if (this.#last !== null)
      this.#share =
        now - this.#last > LATE_MS ? Math.max(LEAST, this.#share / 2) : Math.min(MOST, this.#share + STEP);
    if (this.#waiting.size === 0) {
      this.#last = null;
      return;
    }
    this.#last = now;
    this.#credit = Math.min(this.#credit + this.#share, Math.max(1, this.#share));
    for (const draw of this.#waiting) {
      if (this.#credit < 1 || this.clocks.now() >= now + BUDGET_MS) return;
      this.#credit--;
      this.#waiting.delete(draw);
      draw();
    }
  }
}

/** The one of the page. */
export const drawing = new DrawScheduler();
