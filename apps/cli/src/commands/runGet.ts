// `gradstream runs get`: all that is known of one run.

import { isFinal, type Checkpoint, type Gradstream, type Run } from '@gradstream/sdk';
import type { Command } from 'commander';
import { connect, connectionSettings } from '../connection.js';
import { withExample } from '../options.js';
import { printJson, terminalWidth } from '../output.js';
import { secondsLeft } from '../pace.js';
import { runLines } from '../runText.js';

/** Points of the clock of a run: its speed is that of the last one. */
const CLOCK_POINTS = 40;
const PAGE = 1000;

/** Why a run is in its state: the cause of the last change of it. That it trains needs no reason. */
async function causeOf({ runs }: Gradstream, { id, state }: Run): Promise<string | null> {
  let cause: string | null = null;
  if (state === 'running') return cause;
  for (let after: string | undefined; ;) {
    const { events, cursor } = await runs.events(id, {
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { event } of events)
      if (event.type === 'stateChanged' && event.to === state) cause = event.cause;
    if (events.length < PAGE) return cause;
    after = cursor;
  }
}

/** How many checkpoints a run has, and the latest one. */
async function checkpointsOf(
  { runs }: Gradstream,
  id: string,
): Promise<{ checkpointCount: number; latest: Checkpoint | null }> {
  const first = await runs.checkpoints(id, { limit: 100 });
  let checkpointCount = first.data.length;
  for (let { nextCursor: after } = first; after !== null;) {
    const page = await runs.checkpoints(id, { limit: 100, after });
    checkpointCount += page.data.length;
    after = page.nextCursor;
  }
  return { checkpointCount, latest: first.data[0] ?? null };
}

async function get(id: string, { json }: { json?: boolean }): Promise<void> {
  const client = connect();
  const run = await client.runs.get(id);
  if (json) {
    printJson(run);
    return;
  }
  const [cause, checkpoints, rows, samples] = await Promise.all([
    causeOf(client, run),
    checkpointsOf(client, id),
    client.runs.table({ ids: id }),
    isFinal(run.state) ? null : client.runs.sampledMetrics(id, CLOCK_POINTS, 'loss'),
  ]);
  const row = rows.data[0] ?? { dataset: null, model: { id: null, name: '' }, summary: {} };
  const left = samples && secondsLeft(run, samples.clock);
  const facts = { run, row, cause, ...checkpoints, secondsLeft: left, now: Date.now() };
  const { url } = connectionSettings();
  for (const line of runLines({ ...facts, url }, terminalWidth())) console.log(line);
}

/** `gradstream runs get` */
export function addRunGetCommand(runs: Command): void {
  const command = runs
    .command('get <id>')
    .alias('show')
    .description('its state, progress, settings, metrics and checkpoints')
    .option('--json', 'print all of it as JSON, with the complete spec')
    .action(get);
  withExample(command, 'runs get run_…');
}
