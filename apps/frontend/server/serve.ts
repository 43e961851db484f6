import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';

import { makeApp } from './app.ts';
import { identify } from './identity.ts';
import type { Settings } from './settings.ts';

const COMMIT = fileURLToPath(new URL('COMMIT', import.meta.url));

/**
 * Serve until SIGTERM or SIGINT, then go on for a while: a router takes some time to send nobody here any more.
 *
 * @param settings - what the environment says.
 */
export async function serve(settings: Settings): Promise<void> {
  let stopping = false;
  const asked = new AbortController();
  const app = await makeApp({
    identity: identify(settings, COMMIT),
    pages: settings.pages,
    apiOrigin: settings.apiOrigin,
    stopping: () => stopping,
  });
  const signal = Promise.race(
    ['SIGTERM', 'SIGINT'].map((name) => once(process, name, { signal: asked.signal })),
  );
  await app.listen({ host: settings.host, port: settings.port });
  await signal;
  stopping = true;
  app.log.info({ seconds: settings.drainSeconds }, 'stopping');
  await setTimeout(settings.drainSeconds * 1000);
  await app.close();
  app.log.info('stopped');
}
