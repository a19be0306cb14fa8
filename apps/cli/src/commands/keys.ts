import type { Command } from 'commander';
import { connect } from '../connection.js';
import { formatTime } from '../format.js';
import { withExample } from '../options.js';
import { printJson, printTable } from '../output.js';

async function list({ json }: { json?: boolean }): Promise<void> {
  const page = await connect().keys.list({ limit: 100 });
  if (json) {
    printJson(page);
    return;
  }
  const rows = page.data.map(({ id, name, prefix, scopes, revokedAt, createdAt }) => [
    ...[id, name, prefix, scopes.join(',')],
    ...[revokedAt ? 'revoked' : 'active', formatTime(createdAt)],
  ]);
  printTable(['id', 'name', 'prefix', 'scopes', 'state', 'created'], rows, ['name']);
}

/** `gradstream keys …` */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('API keys of the project');
  withExample(keys, 'keys list');
  const listing = keys
    .command('list')
    .description('keys, newest first')
    .option('--json', 'print JSON')
    .action(list);
  withExample(listing, 'keys list');
  const create = keys
    .command('create <name>')
    .description('make a key; its secret is shown only now')
    .option('--scope <scope...>', 'read, write or admin', ['read', 'write'])
    .action(async (name: string, { scope }: { scope: ('read' | 'write' | 'admin')[] }) => {
      printJson(await connect().keys.create({ name, scopes: scope }));
    });
  withExample(create, 'keys create "my laptop" --scope read write');
  const revoke = keys
    .command('revoke <id>')
    .description('make a key good for nothing, at once')
    .action(async (id: string) => {
      printJson(await connect().keys.revoke(id));
    });
  withExample(revoke, 'keys revoke key_…');
}
