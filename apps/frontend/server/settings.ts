import { fileURLToPath } from 'node:url';

// beside the built server, as the image has it
const PAGES = fileURLToPath(new URL('public', import.meta.url));

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly environment: string;
  readonly version: string;
  readonly drainSeconds: number;
  /** Where `/api` and `/health` are handed on to; undefined where a router sends them to the backend itself. */
  readonly apiOrigin: string | undefined;
  /** The folder with the built page. */
  readonly pages: string;
}

/** Names every variable that cannot be used, and what it should be. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Read what this process is told by its environment.
 *
 * @param env - variables by name.
 * @throws SettingsError with all that is wrong at once.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const wrong: string[] = [];
  const settings = {
    host: given(env, 'HOST') ?? '0.0.0.0',
    port: port(given(env, 'PORT') ?? '3000', wrong),
    environment: given(env, 'ENV') ?? 'unknown',
    version: given(env, 'VERSION') ?? 'unreleased',
    drainSeconds: seconds(given(env, 'DRAIN_SECONDS') ?? '0', wrong),
    apiOrigin: origin(given(env, 'API_ORIGIN'), wrong),
    pages: given(env, 'PAGES') ?? PAGES,
  };
  if (wrong.length > 0) throw new SettingsError(wrong.join('; '));
  return settings;
}

// compose hands on a variable that nobody set as an empty text
function given(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function port(text: string, wrong: string[]): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    wrong.push(`PORT is "${text}": give a number from 0 to 65535`);
  }
  return value;
}

function seconds(text: string, wrong: string[]): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) {
    wrong.push(`DRAIN_SECONDS is "${text}": give seconds, 0 or more`);
  }
  return value;
}

function origin(text: string | undefined, wrong: string[]): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`) {
    // not the value: someone may have put a password into it
    wrong.push('API_ORIGIN is not an origin: give scheme, host and port, as http://backend:8000');
    return undefined;
  }
  return url.origin;
}
