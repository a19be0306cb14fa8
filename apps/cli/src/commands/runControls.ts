// What may be asked of a run that exists.

import type { Command } from 'commander';
import type { ForkRun, Gradstream, Run } from '@gradstream/sdk';
import { connect } from '../connection.js';
import { printJson } from '../output.js';
import { readJson } from '../files.js';
import { collect, withExample } from '../options.js';
import { changeTags } from '../runTags.js';

type ForkChanges = ForkRun['changes'];

/** Where a run stands after something was asked of it. */
const standing = ({ state, cancelRequested, pauseRequested }: Run): string =>
  `${state}${cancelRequested && state !== 'cancelled' ? ', to be cancelled' : pauseRequested ? ', to be paused' : ''}`;

/** What may be asked of a run that exists. */
export function addControlCommands(runs: Command): void {
  const add = (name: string, about: string, ask: (client: Gradstream, id: string) => Promise<Run>): void => {
    const command = runs
      .command(`${name} <id>`)
      .description(about)
      .action(async (id: string) => {
        console.log(standing(await ask(connect(), id)));
      });
    withExample(command, `runs ${name} run_…`);
  };
  add('cancel', 'stop it for good', (client, id) => client.runs.cancel(id));
  add('pause', 'stop it at its next step, until it is resumed', (client, id) => client.runs.pause(id));
  add('resume', 'queue a paused run; it goes on', (client, id) => client.runs.resume(id));
  const retry = runs
    .command('retry <id>')
    .description('start a run again that failed or was cancelled')
    .option('--from-start', 'begin where the run began, not at its last checkpoint')
    .action(async (id: string, { fromStart = false }: { fromStart?: boolean }) => {
      console.log(standing(await connect().runs.retry(id, { fromStart })));
    });
  withExample(retry, 'runs retry run_… --from-start');
  const tag = runs
    .command('tag <id> [tags...]')
    .description('add tags to a run, or take some away; print those that it has then')
    .option('--remove <name>', 'take this tag away; repeatable', collect, [])
    .action(async (id: string, add: string[], { remove }: { remove: string[] }) => {
      console.log((await changeTags(connect().runs, id, { add, remove })).tags.join(', '));
    });
  withExample(tag, 'runs tag run_… baseline --remove draft');
  const note = runs
    .command('note <id>')
    .description('write notes and tags of a run')
    .option('--notes <text>', 'replace the notes')
    .option('--tags <names>', 'replace the tags; separated by commas, none to clear')
    .action(async (id: string, { notes, tags }: { notes?: string; tags?: string }) => {
      const run = await connect().runs.update(id, {
        ...(notes === undefined ? {} : { notes }),
        ...(tags === undefined ? {} : { tags: tags.split(',').filter(Boolean) }),
      });
      printJson({ notes: run.notes, tags: run.tags });
    });
  withExample(note, 'runs note run_… --notes "the learning rate was too high"');
  const remove = runs
    .command('delete <id>')
    .description('delete a run that has ended, with its history and checkpoints')
    .action(async (id: string) => {
      console.log(`deleted ${(await connect().runs.delete(id)).id}`);
    });
  withExample(remove, 'runs delete run_…');
  const fork = runs
    .command('fork <id>')
    .description('start a new run at a checkpoint of this one')
    .option('--checkpoint <id>', 'the checkpoint; the last one that can be gone on from unless given')
    .option('--changes <json>', 'a file of the settings that change')
    .action(async (id: string, { checkpoint, changes }: { checkpoint?: string; changes?: string }) => {
      const choices = {
        ...(checkpoint === undefined ? {} : { checkpoint }),
        ...(changes === undefined ? {} : { changes: await readJson<ForkChanges>(changes) }),
      };
      console.log(`run ${(await connect().runs.fork(id, choices)).id}`);
    });
  withExample(fork, 'runs fork run_… --checkpoint ckpt_… --changes changes.json');
}
