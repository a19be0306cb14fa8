// The process of one attempt, or of the predictions of one checkpoint; of none until it is told which. It ends with the
// attempt, or with the worker that forked it.

import { toPredictorSchema, toTrainerSchema, type ToPredictor, type ToTrainer } from '@gradstream/contracts';
import { z } from 'zod';
import { runAttempt } from './attempt.js';
import { Channel } from './channel.js';
import { startedEngine } from './engine.js';
import { post } from './post.js';
import { Serving } from './serving.js';

const requestSchema = z.union([toTrainerSchema, toPredictorSchema]);

const channel = new Channel();
let stopRequested = false;
let running = false;
let serving: Serving | null = null;

process.on('disconnect', () => process.exit(0));
// The worker decides about stopping; a Ctrl-C in its terminal reaches us as well and is not ours to act on.
process.on('SIGINT', () => undefined);

function obey(request: ToTrainer | ToPredictor): void {
  switch (request.type) {
    case 'stop':
      stopRequested = true;
      channel.hold(false);
      return;
    case 'hold':
      channel.hold(request.held && !stopRequested);
      return;
    case 'warm':
      try {
        startedEngine(request);
      } catch (error) {
        // The run that needs TensorFlow tries again, and fails with its own reason.
        process.stderr.write(`TensorFlow could not be loaded in advance: ${String(error)}\n`);
      }
      return;
    case 'predict':
    case 'locate':
    case 'predictPage':
      serving?.add(request);
      return;
    case 'serve':
      if (running) return;
      running = true;
      serving = new Serving(request, post, () => {
        process.disconnect();
      });
      return;
    case 'start':
      if (running) return;
      running = true;
      process.chdir(request.workFolder);
      void runAttempt(request, channel, () => stopRequested).finally(() => {
        process.disconnect();
      });
  }
}

process.on('message', (message) => {
  obey(requestSchema.parse(message));
});

void channel.send({ type: 'ready' });
