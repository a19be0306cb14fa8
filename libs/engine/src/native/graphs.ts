// Collects the graphs that TensorFlow makes of functions at their first call.

import type { EagerContext } from './eager.js';
import type { Native } from './native.js';

/** Takes TensorFlow's RunMetadata (config.proto). */
export type GraphListener = (metadata: Uint8Array) => void;

/** The context collects for all calls alike, so one call at a time has its graphs collected. */
export class GraphCollection {
  #active = false;

  constructor(
    private readonly native: Native,
    private readonly context: EagerContext,
  ) {}

  /** Collects until what it returns is called, and then tells the listener. Does nothing while another call's are collected. */
  begin(listener: GraphListener | undefined): () => void {
    if (!listener || this.#active) return () => undefined;
    const { api, status } = this.native;
    this.#active = true;
    api.TFE_ContextEnableGraphCollection(this.context.pointer);
    return () => {
      this.#active = false;
      const metadata = this.native.readBuffer((buffer) => {
        api.TFE_ContextExportRunMetadata(this.context.pointer, buffer, status.pointer);
        status.check('collecting graphs');
      });
      api.TFE_ContextDisableGraphCollection(this.context.pointer); // Drops what was not exported.
      listener(metadata);
    };
  }
}
