// Collects the graphs that TensorFlow makes of functions at their first call.

import type { EagerContext } from './eager.js';
import type { Native } from './native.js';

/** Takes TensorFlow's RunMetadata (config.proto). */
export type GraphListener = (metadata: Uint8Array) => void;

/** The context collects for all calls alike, so one call at a time has its graphs collected. */
export class GraphCollection {
  #current: { readonly over: Promise<void> } | null = null;

  constructor(
    private readonly native: Native,
    private readonly context: EagerContext,
  ) {}

  /** Ends with the call whose graphs are collected now; null when there is none. */
  get collecting(): Promise<void> | null {
    return this.#current?.over ?? null;
  }

  /** Collects until what it returns is called, and then tells the listener. Does nothing while another call's are collected. */
  begin(listener: GraphListener | undefined): () => void {
    if (!listener || this.#current) return () => undefined;
    const { api, status } = this.native;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#current = { over };
    api.TFE_ContextEnableGraphCollection(this.context.pointer);
    return () => {
      this.#current = null;
      end();
      const metadata = this.native.readBuffer((buffer) => {
        api.TFE_ContextExportRunMetadata(this.context.pointer, buffer, status.pointer);
        status.check('collecting graphs');
      });
      api.TFE_ContextDisableGraphCollection(this.context.pointer); // Drops what was not exported.
      listener(metadata);
    };
  }
}
