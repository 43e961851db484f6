import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { makeApp } from './app.ts';
import { identify } from './identity.ts';
import type { Settings } from './settings.ts';

const COMMIT = fileURLToPath(new URL('COMMIT', import.meta.url));

/**
 * Serve until SIGTERM or SIGINT, then go on for a while: a router takes some time to send nobody here any more.
 * A second signal ends that.
 *
 * @param settings - what the environment says.
 */
export async function serve(settings: Settings): Promise<void> {
  let stopping = false;
  const app = await makeApp({
    identity: identify(settings, COMMIT),
    pages: settings.pages,
    apiOrigin: settings.apiOrigin,
    stopping: () => stopping,
  });
  const first = asked();
  await app.listen({ host: settings.host, port: settings.port });
  await first;
  stopping = true;
  const drained = new AbortController();
  void asked().then(() => {
    drained.abort();
  });
  app.log.info({ seconds: settings.drainSeconds }, 'stopping');
  await setTimeout(settings.drainSeconds * 1000, undefined, { signal: drained.signal }).catch(
    () => undefined,
  );
  await app.close();
  app.log.info('stopped');
}

/** The next signal to end. */
function asked(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'])
      process.once(name, () => {
        resolve();
      });
  });
}
