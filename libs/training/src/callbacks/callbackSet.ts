// All callbacks of a run as one: the loop asks it at four moments, and keeps its state in checkpoints.

import {
  callbackStatesSchema,
  GradstreamError,
  toProblemItems,
  type BestSoFar,
  type Callbacks,
  type CallbackStates,
  type StopReason,
  type WatchingRule,
} from '@gradstream/contracts';
import type { Callback, Decisions, Moment } from './callback.js';
import { checkpointPolicy } from './checkpointPolicy.js';
import { earlyStopping } from './earlyStopping.js';
import { limits, terminateOnNaN } from './limits.js';
import { reduceOnPlateau } from './reduceOnPlateau.js';

type Name = 'onStep' | 'onEpoch' | 'onEnd';

/** A callback with its present state. */
class Running<State> {
  #state: State;

  constructor(
    private readonly callback: Callback<State>,
    saved?: State,
  ) {
    this.#state = saved ?? callback.initial;
  }

  get state(): State {
    return this.#state;
  }

  on(name: Name, moment: Moment): Decisions {
    const outcome = this.callback[name]?.(this.#state, moment);
    if (outcome) this.#state = outcome.state;
    return outcome?.decisions ?? {};
  }
}

/** Earlier reasons outrank later ones. */
const STOP_ORDER: readonly StopReason[] = ['diverged', 'earlyStopping', 'stepLimit', 'timeLimit'];

/** Of settings that are others than those of the saved state. */
export interface ChangedRules {
  /** Whether what a rule remembers is of the same series as it watches now: values of another one say nothing. */
  readonly remembers: (rule: WatchingRule) => boolean;
}

export class CallbackSet {
  readonly #earlyStopping: Running<NonNullable<CallbackStates['earlyStopping']>> | null;
  readonly #plateau: Running<NonNullable<CallbackStates['reduceOnPlateau']>> | null;
  readonly #limits: Running<CallbackStates['limits']>;
  readonly #checkpoints: Running<CallbackStates['checkpoints']>;
  readonly #all: readonly Pick<Running<unknown>, 'on'>[];
  #stopped: StopReason | null;
  #learningRateScale: number;

  /**
   * `saved` is the state of a checkpoint; throws CHECKPOINT_INVALID when it is not one of these settings. With `changed`
   * they may be others: only those rules go on that `remembers` names, and a stop of then is none of now.
   */
  constructor(settings: Callbacks, saved?: unknown, changed?: ChangedRules) {
    const states = saved === undefined ? undefined : parseStates(settings, saved, changed);
    const { earlyStopping: stopping, reduceOnPlateau: plateau } = settings;
    this.#earlyStopping = stopping && new Running(earlyStopping(stopping), states?.earlyStopping);
    this.#plateau = plateau && new Running(reduceOnPlateau(plateau), states?.reduceOnPlateau);
    this.#limits = new Running(limits(settings.limits), states?.limits);
    this.#checkpoints = new Running(checkpointPolicy(settings.checkpoints), states?.checkpoints);
    const nan = settings.terminateOnNaN ? new Running(terminateOnNaN) : null;
    const all = [nan, this.#earlyStopping, this.#plateau, this.#limits, this.#checkpoints];
    this.#all = all.filter((one) => one !== null);
    this.#stopped = states?.stopped ?? null;
    this.#learningRateScale = states?.learningRateScale ?? 1;
  }

  /** Before the first step: a run whose checkpoint was written as it stopped does not go on. */
  onStart(): Decisions {
    return this.#stopped === null ? {} : { stop: this.#stopped };
  }

  /** After each update step. */
  onStep(moment: Moment): Decisions {
    return this.#ask('onStep', moment);
  }

  /** After each epoch's validation, and after the `onStep` of its last step. */
  onEpoch(moment: Moment): Decisions {
    return this.#ask('onEpoch', moment);
  }

  /** Once, after the last step, unless the loss diverged. Restored weights are always followed by a checkpoint. */
  onEnd(moment: Moment): Decisions {
    const decisions = this.#ask('onEnd', moment);
    return decisions.restoreBest ? { ...decisions, checkpoint: 'end' } : decisions;
  }

  /** What the schedule's learning rate is multiplied by. */
  get learningRateScale(): number {
    return this.#learningRateScale;
  }

  /** The best value so far of the series that checkpoints are judged by. */
  get best(): BestSoFar | null {
    return this.#checkpoints.state.best[0] ?? null;
  }

  /** JSON, for the manifest. */
  get state(): CallbackStates {
    return {
      stopped: this.#stopped,
      learningRateScale: this.#learningRateScale,
      ...(this.#earlyStopping && { earlyStopping: this.#earlyStopping.state }),
      ...(this.#plateau && { reduceOnPlateau: this.#plateau.state }),
      limits: this.#limits.state,
      checkpoints: this.#checkpoints.state,
    };
  }

  #ask(name: Name, moment: Moment): Decisions {
    const answers = this.#all.map((one) => one.on(name, moment));
    const merged = answers.reduce((all, answer) => ({ ...all, ...answer }), {});
    const stop = STOP_ORDER.find((reason) => answers.some((answer) => answer.stop === reason));
    this.#learningRateScale *= merged.learningRateFactor ?? 1;
    if (stop === undefined) return merged;
    this.#stopped = stop;
    // Weights after a loss that is not finite are of no use to anyone.
    return stop === 'diverged' ? { stop } : { ...merged, stop };
  }
}

/** What goes on of a state when settings are changed. */
function remembered(
  { earlyStopping: stopping, reduceOnPlateau: plateau, checkpoints, ...rest }: CallbackStates,
  { remembers }: ChangedRules,
): CallbackStates {
  const goesOn = plateau !== undefined && remembers('reduceOnPlateau');
  return {
    ...rest,
    stopped: null,
    // Reductions are those of the rule: without it, or with another one, the learning rate is the one that is given now.
    learningRateScale: goesOn ? rest.learningRateScale : 1,
    ...(stopping && remembers('earlyStopping') ? { earlyStopping: stopping } : {}),
    ...(goesOn ? { reduceOnPlateau: plateau } : {}),
    checkpoints: remembers('checkpoints') ? checkpoints : { ...checkpoints, best: [] },
  };
}

function parseStates(settings: Callbacks, saved: unknown, changed?: ChangedRules): CallbackStates {
  const parsed = callbackStatesSchema.safeParse(saved);
  if (parsed.success && changed) return remembered(parsed.data, changed);
  const sameOnes =
    (settings.earlyStopping === null) === (parsed.data?.earlyStopping === undefined) &&
    (settings.reduceOnPlateau === null) === (parsed.data?.reduceOnPlateau === undefined);
  if (parsed.success && sameOnes) return parsed.data;
  const detail =
    'The state of the callbacks in the checkpoint does not fit the run: resume with the settings that wrote it, or use another checkpoint.';
  const errors = parsed.success ? [] : toProblemItems(parsed.error.issues, ['state', 'callbacks']);
  throw new GradstreamError('CHECKPOINT_INVALID', detail, { errors, cause: parsed.error });
}
