import { ailment } from './check.ts';
import { readSettings } from './settings.ts';

/** Run `serve` (the default) or `check`, the container's health command, and return the exit code. */
async function main(command: string): Promise<number> {
  const settings = readSettings(process.env);
  if (command === 'check') {
    const words = await ailment(settings.port);
    if (words !== undefined) process.stderr.write(`${words}\n`);
    return words === undefined ? 0 : 1;
  }
  if (command !== 'serve') {
    process.stderr.write('usage: node server.js [serve|check]\n');
    return 2;
  }
  // loaded here: the health command runs every few seconds and needs none of it
  const { serve } = await import('./serve.ts');
  await serve(settings);
  return 0;
}

try {
  process.exitCode = await main(process.argv[2] ?? 'serve');
} catch (error) {
  process.stderr.write(`frontend: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
