// Which keys mean what, and what was pressed so far of those that come one after the other.

export interface Shortcut {
  readonly keys: string;
  readonly what: string;
  readonly run: () => void;
}

/** The part of a keyboard event that matters here. */
interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly target: EventTarget | null;
}

const SEQUENCE_MS = 1500;
const TYPED_INTO =
  'input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select, [contenteditable="true"]';

/** What takes Enter for itself. */
const PRESSED_BY_ENTER = 'a[href], button, summary';

/** Whether keys are letters, digits or signs: what speech input says, and a slip of a hand types. */
const areCharacters = (keys: string): boolean => /^.( .)*$/u.test(keys);

const isIn = (target: EventTarget | null, selector: string): boolean =>
  typeof Element !== 'undefined' && target instanceof Element && target.closest(selector) !== null;

export class KeyReader {
  readonly #shortcuts: Shortcut[] = [];
  #pressed = '';
  #pressedAt = 0;
  #takesCharacters: boolean;

  constructor(takesCharacters = true) {
    this.#takesCharacters = takesCharacters;
  }

  /** Whether keys that are characters do anything (WCAG 2.1, 2.1.4: they can be turned off). */
  get takesCharacters(): boolean {
    return this.#takesCharacters;
  }

  takeCharacters(takes: boolean): void {
    this.#takesCharacters = takes;
  }

  /** Adds a shortcut; the latest of those with the same keys wins. Returns what takes it away. */
  add(shortcut: Shortcut): () => void {
    this.#shortcuts.push(shortcut);
    return () => {
      this.#shortcuts.splice(this.#shortcuts.indexOf(shortcut), 1);
    };
  }

  /** All there is now, in the order in which it was added, each combination of keys once. */
  list(): Shortcut[] {
    return [...new Map(this.#shortcuts.map((shortcut) => [shortcut.keys, shortcut])).values()];
  }

  /** Takes a key; true when it did something. `now` in ms. */
  read({ key, ctrlKey, metaKey, altKey, target }: Pressed, now = Date.now()): boolean {
    if (ctrlKey || metaKey || altKey || key === 'Shift') return false;
    if (isIn(target, TYPED_INTO)) return false;
    if (!this.#takesCharacters && areCharacters(key)) return false;
    if (key === 'Enter' && isIn(target, PRESSED_BY_ENTER)) return false;
    const begun =
      this.#pressed !== '' && now - this.#pressedAt < SEQUENCE_MS ? `${this.#pressed} ${key}` : key;
    const sequences = begun === key ? [key] : [begun, key];
    for (const sequence of sequences) {
      const found = this.#shortcuts.findLast(({ keys }) => keys === sequence);
      if (!found) continue;
      this.#pressed = '';
      found.run();
      return true;
    }
    const isStart = this.#shortcuts.some(({ keys }) => keys.startsWith(`${key} `));
    this.#pressed = isStart ? key : '';
    this.#pressedAt = now;
    return false;
  }
}
