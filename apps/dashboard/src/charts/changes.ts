/** Tells whoever listens that points have changed. */
export interface Changes {
  readonly subscribe: (listener: () => void) => () => void;
}
