import { readFileSync } from 'node:fs';

import type { Settings } from './settings.ts';

/** What `/version.json` answers: which image this is and where it runs. */
export interface Identity {
  readonly version: string;
  readonly commit: string;
  readonly environment: string;
}

/**
 * Say who this process is.
 *
 * @param settings - for version and environment, which are for display.
 * @param commitFile - written when the image is built, so that no variable can make it claim another commit.
 */
export function identify(settings: Settings, commitFile: string): Identity {
  return {
    version: settings.version,
    commit: read(commitFile) || 'unknown',
    environment: settings.environment,
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // outside an image there is none
    return '';
  }
}
