import type { Command } from 'commander';
import { connect } from '../connection.js';
import { formatTime } from '../format.js';
import { printJson, printTable } from '../output.js';

/** `gradstream keys …` */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('API keys of the project');
  keys
    .command('list')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const page = await connect().keys.list({ limit: 100 });
      if (json) {
        printJson(page);
        return;
      }
      const rows = page.data.map((key) => [
        key.id,
        key.name,
        key.prefix,
        key.scopes.join(','),
        key.revokedAt ? 'revoked' : 'active',
        formatTime(key.createdAt),
      ]);
      printTable(['id', 'name', 'prefix', 'scopes', 'state', 'created'], rows);
    });
  keys
    .command('create <name>')
    .description('make a key; its secret is shown only now')
    .option('--scope <scope...>', 'read, write or admin', ['read', 'write'])
    .action(async (name: string, { scope }: { scope: ('read' | 'write' | 'admin')[] }) => {
      printJson(await connect().keys.create({ name, scopes: scope }));
    });
  keys.command('revoke <id>').action(async (id: string) => {
    printJson(await connect().keys.revoke(id));
  });
}
