import { afterEach, expect, test } from '@jest/globals';
import { onColorsChange } from './colors.js';

/** Counts its listeners, as a list of a media query or a document would have them. */
class Counted extends EventTarget {
  count = 0;
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.count++;
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.count--;
    super.removeEventListener(...args);
  }
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'document');
  Reflect.deleteProperty(globalThis, 'matchMedia');
});

test('listeners come and go, and leave nothing behind; both ways to change the theme are told', () => {
  const page = new Counted();
  const lists: Counted[] = [];
  // Each call of matchMedia makes another list.
  const matchMedia = (): Counted => {
    const made = new Counted();
    lists.push(made);
    return made;
  };
  Object.assign(globalThis, { document: page, matchMedia });
  const listening = (): number => page.count + lists.reduce((sum, { count }) => sum + count, 0);
  let told = 0;
  for (let round = 0; round < 3; round++) {
    const forgets = [onColorsChange(() => told++), onColorsChange(() => told++)];
    expect(listening()).toBe(2);
    page.dispatchEvent(new Event('themechange'));
    for (const list of lists) list.dispatchEvent(new Event('change'));
    expect(told).toBe(4 * (round + 1));
    for (const forget of forgets) forget();
    expect(listening()).toBe(0);
  }
});
