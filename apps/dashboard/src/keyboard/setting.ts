// Whether keys that are characters do something; kept for this browser.

const STORE = 'gradstream.characterKeys';

export const loadTakesCharacters = (storage: Pick<Storage, 'getItem'>): boolean =>
  storage.getItem(STORE) !== 'off';

export function saveTakesCharacters(storage: Pick<Storage, 'setItem'>, takes: boolean): void {
  storage.setItem(STORE, takes ? 'on' : 'off');
}
