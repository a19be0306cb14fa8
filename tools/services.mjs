// `npm run services -- up|down|status|logs|kill NAME [--down-for MS]`

import { main, printTable, SetupError } from './lib/console.mjs';
import { catchInterrupts } from './lib/interrupt.mjs';
import { setup } from './setup/index.mjs';
import { down, kill, localNames, logs, status, up } from './services/control.mjs';
import { isSetUp, serviceNames } from './services/settings.mjs';

/** Prints what is there. */
async function printStatus() {
  printTable(
    ['service', 'state', 'where'],
    (await status()).map(({ name, state, where }) => [name, state, where]),
  );
}

catchInterrupts();
await main(async () => {
  const [command = 'status', name, flag, value] = process.argv.slice(2);
  const known = ['up', 'down', 'status', 'logs', 'kill'];
  if (!known.includes(command))
    throw new SetupError(`Unknown command "${command}".`, 'Use up, down, status, logs or kill.');
  const ours = command === 'kill' || localNames().length > 0;
  if (command !== 'up' && ours && !isSetUp()) {
    console.log(
      'Nothing is installed here yet, and no service runs. Run npm start: it installs and starts everything.',
    );
    return;
  }
  switch (command) {
    case 'up':
      await setup();
      await up();
      return printStatus();
    case 'down':
      return down();
    case 'status':
      return printStatus();
    case 'logs':
      return logs();
    case 'kill': {
      const found = serviceNames.find((service) => service === name);
      if (!found)
        throw new SetupError(`There is no service "${name}".`, `Known: ${serviceNames.join(', ')}.`);
      return kill(found, flag === '--down-for' ? Number(value) : 0);
    }
  }
});
