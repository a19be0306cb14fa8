// How far a long step is: one redrawn line with a bar on a terminal, elsewhere at most a line every ten seconds.

const BAR_WIDTH = 20;
const LINE_EVERY_MS = 10_000;
const REDRAW_EVERY_MS = 200;

/** @typedef {{ done: number, total?: number, unit: string }} Amount unit `B` counts bytes, any other is shown as it is */
/** @typedef {(text: string, amount?: Amount) => void} Report what is done now, and how far it is */
/** @typedef {{ isTTY?: boolean, columns?: number, write: (text: string) => unknown }} Out */

const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);

/** Milliseconds as a person says them. */
export function formatDuration(/** @type {number} */ ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A bar that is full at a share of 1. */
export function bar(/** @type {number} */ share) {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

/** An amount as text: `12.0 of 273.8 MB`, `410 of 576 packages`, or without a total. */
export function formatAmount(/** @type {Amount} */ { done, total, unit }) {
  const shown = unit === 'B' ? megabytes : String;
  return `${shown(done)}${total === undefined ? '' : ` of ${shown(total)}`} ${unit === 'B' ? 'MB' : unit}`;
}

/** One step on the screen. The clock is given, so that tests have one of their own. */
export class StepView {
  #text = '';
  /** @type {Amount | undefined} */
  #amount;
  #first = { at: 0, done: 0 }; // Where the amount of the present text began: the time left is reckoned from here.
  #drawn = -Infinity;

  /**
   * @param {string} title
   * @param {Out} out
   * @param {() => number} now milliseconds
   */
  constructor(title, out, now) {
    this.title = title;
    this.out = out;
    this.now = now;
    this.started = now();
    if (!out.isTTY) out.write(`  ${title} …\n`);
    this.#drawn = out.isTTY ? -Infinity : this.started;
  }

  /** Takes in how far the step is. */
  report(/** @type {string} */ text, /** @type {Amount | undefined} */ amount) {
    if (text !== this.#text || (amount && !this.#amount))
      this.#first = { at: this.now(), done: amount?.done ?? 0 };
    this.#text = text;
    this.#amount = amount;
    this.draw();
  }

  /** Draws, unless that was done a moment ago. */
  draw() {
    const every = this.out.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS;
    if (this.now() - this.#drawn < every) return;
    this.#drawn = this.now();
    const line = this.#line();
    if (!this.out.isTTY) this.out.write(`    ${line}\n`);
    else this.out.write(`\r\x1b[2K${`  ${this.title}: ${line}`.slice(0, (this.out.columns ?? 80) - 1)}`);
  }

  /** The last line, with the step's time. */
  end(/** @type {boolean} */ ok) {
    const seconds = ((this.now() - this.started) / 1000).toFixed(1);
    const back = this.out.isTTY ? '\r\x1b[2K' : '';
    this.out.write(`${back}  ${this.title}: ${ok ? 'done in' : 'given up after'} ${seconds} s\n`);
  }

  #line() {
    const elapsed = `(${formatDuration(this.now() - this.started)})`;
    if (!this.#amount) return [this.#text, elapsed].filter(Boolean).join(' ');
    const { done, total } = this.#amount;
    if (!total) return `${this.#text} ${formatAmount(this.#amount)} ${elapsed}`;
    const share = Math.min(1, done / total);
    const fresh = done - this.#first.done;
    const left = fresh > 0 ? ((this.now() - this.#first.at) / fresh) * Math.max(0, total - done) : null;
    return [
      `${this.#text} ${bar(share)} ${Math.floor(share * 100)} %`,
      formatAmount(this.#amount),
      ...(left === null ? [] : [`${formatDuration(left)} left`]),
      elapsed,
    ].join('  ');
  }
}

/**
 * Announces a step, runs it, and says how long it took.
 * @template T
 * @param {string} title
 * @param {(report: Report) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const view = new StepView(title, process.stdout, () => performance.now());
  const timer = setInterval(() => view.draw(), 500);
  let ok = false;
  try {
    const result = await work((text, amount) => view.report(text, amount));
    ok = true;
    return result;
  } finally {
    clearInterval(timer);
    view.end(ok);
  }
}

/**
 * Asks `probe` a few times a second until `work` has ended. A probe that fails costs one picture, and the work goes on.
 * @template T
 * @param {Promise<T>} work
 * @param {() => Promise<void>} probe
 * @returns {Promise<T>}
 */
export async function watched(work, probe) {
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    probe()
      .catch(() => {})
      .finally(() => (asking = false));
  }, REDRAW_EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
