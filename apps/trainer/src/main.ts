// The process of one attempt. It ends with the attempt, or with the worker that forked it.

import { toTrainerSchema } from '@gradstream/contracts';
import { runAttempt } from './attempt.js';
import { Channel } from './channel.js';

const channel = new Channel();
let stopRequested = false;
let running = false;

process.on('disconnect', () => process.exit(0));
// The worker decides about stopping; a Ctrl-C in its terminal reaches us as well and is not ours to act on.
process.on('SIGINT', () => undefined);

process.on('message', (message) => {
  const request = toTrainerSchema.parse(message);
  if (request.type === 'stop') {
    stopRequested = true;
    channel.hold(false);
  } else if (request.type === 'hold') channel.hold(request.held && !stopRequested);
  else if (!running) {
    running = true;
    void runAttempt(request, channel, () => stopRequested).finally(() => {
      process.disconnect();
    });
  }
});

void channel.send({ type: 'ready' });
