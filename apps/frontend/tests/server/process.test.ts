import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { makePages } from './pages.ts';

const SERVER = fileURLToPath(new URL('../../server/server.ts', import.meta.url));

let pages: string;
let remove: () => Promise<void>;
let running: ChildProcess[];

beforeEach(async () => {
  ({ pages, remove } = await makePages());
  running = [];
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await remove();
});

/** The program as the image starts it, only that node takes the types away itself. */
function run(arguments_: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [SERVER, ...arguments_], {
    env: { HOST: '127.0.0.1', PORT: '0', PAGES: pages, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

type Line = Record<string, unknown>;

/** Its log, line by line. */
class Log {
  readonly lines: Line[] = [];
  readonly #reader: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    const input = child.stdout;
    if (!input) throw new Error('its output goes elsewhere');
    const reader: Interface = createInterface({ input });
    this.#reader = reader[Symbol.asyncIterator]();
  }

  async until(wanted: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const next = await this.#reader.next();
      if (next.done) throw new Error(`it ended after ${JSON.stringify(this.lines)}`);
      const line = JSON.parse(next.value) as Line;
      this.lines.push(line);
      if (wanted(line)) return line;
    }
  }
}

async function started(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; log: Log; origin: string }> {
  const child = run(['serve'], env);
  const log = new Log(child);
  const { event } = await log.until((line) => String(line['event']).startsWith('Server listening at '));
  return { child, log, origin: String(event).replace('Server listening at ', '') };
}

/** What it says before it ends, and its exit code. */
async function end(child: ChildProcess): Promise<[string, unknown]> {
  if (!child.stderr) throw new Error('its errors go elsewhere');
  return Promise.all([text(child.stderr), code(child)]);
}

const code = async (child: ChildProcess): Promise<unknown> => ((await once(child, 'close')) as unknown[])[0];

const check = (origin: string): Promise<unknown> => code(run(['check'], { PORT: new URL(origin).port }));

test('C5: the health command is 0 when the server answers and 1 when it does not', async () => {
  const { child, origin } = await started();

  const well = await check(origin);
  child.kill('SIGKILL');
  await once(child, 'close');
  const gone = await check(origin);

  expect([well, gone]).toEqual([0, 1]);
});

test('the health command says why not', async () => {
  const child = run(['check'], { PORT: '1' });

  const [words] = await end(child);

  expect(words).toContain('nothing answers on port 1');
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'it ends well at once at %s when there is nothing to drain',
  async (name) => {
    const { child } = await started();

    child.kill(name);

    expect(await code(child)).toBe(0);
  },
);

test('R6: after SIGTERM it goes on answering for DRAIN_SECONDS, which a second one ends', async () => {
  const { child, log, origin } = await started({ DRAIN_SECONDS: '60' });
  const ended = code(child);

  child.kill('SIGTERM');
  const { seconds } = await log.until((line) => line['event'] === 'stopping');
  const answer = await fetch(`${origin}/version.json`);
  child.kill('SIGTERM');

  expect([seconds, answer.status, answer.headers.get('connection')]).toEqual([60, 200, 'close']);
  expect(await ended).toBe(0);
  await expect(fetch(`${origin}/version.json`)).rejects.toThrow('fetch failed');
});

test('R6: when DRAIN_SECONDS are over it ends by itself', async () => {
  const { child, log } = await started({ DRAIN_SECONDS: '0.3' });
  const ended = code(child);

  child.kill('SIGTERM');
  const stopping = await log.until((line) => line['event'] === 'stopping');
  const stopped = await log.until((line) => line['event'] === 'stopped');

  const waited = Date.parse(String(stopped['timestamp'])) - Date.parse(String(stopping['timestamp']));
  // timers may fire a millisecond early
  expect(waited).toBeGreaterThanOrEqual(290);
  expect(await ended).toBe(0);
});

test('the log has a line of JSON for each answer, without what follows the question mark', async () => {
  const { log, origin } = await started();

  await fetch(`${origin}/nothing?token=s3cret`, { headers: { 'x-request-id': 'id-1' } });
  const line = await log.until((each) => each['event'] === 'request');

  expect(line).toMatchObject({
    level: 'info',
    logger: 'frontend',
    request_id: 'id-1',
    method: 'GET',
    path: '/nothing',
    status: 404,
  });
  expect(new Date(String(line['timestamp'])).toISOString()).toBe(line['timestamp']);
  expect(JSON.stringify(log.lines)).not.toContain('s3cret');
});

test('what watches it every few seconds does not fill the log', async () => {
  const { log, origin } = await started();

  await fetch(`${origin}/healthz`);
  await fetch(`${origin}/version.json`);
  await fetch(`${origin}/favicon.svg`);
  await log.until((line) => line['event'] === 'request');

  expect(log.lines.map((line) => line['path']).filter(Boolean)).toEqual(['/favicon.svg']);
});

test.each([
  [['serve'], { PORT: 'web' }, 1, 'frontend: PORT is "web": give a number from 0 to 65535\n'],
  [['serve'], { PAGES: '/nowhere' }, 1, 'frontend: there is no index.html in /nowhere: build the page first'],
  [['walk'], {}, 2, 'usage: node server.js [serve|check]\n'],
])('%j with %j ends with %i and a line that says why', async (words, env, expected, message) => {
  const child = run(words, env);

  const [said, ended] = await end(child);

  expect(said).toContain(message);
  expect(ended).toBe(expected);
});

test('a port in use is told in one line', async () => {
  const { origin } = await started();

  const child = run(['serve'], { PORT: new URL(origin).port });
  const [said, ended] = await end(child);

  expect(said).toMatch(/^frontend: listen EADDRINUSE: address already in use .*\n$/);
  expect(ended).toBe(1);
});
