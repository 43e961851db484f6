import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { makeApp } from '../../server/app.ts';
import { makePages, PAGE } from './pages.ts';

const IDENTITY = { version: 'v1.0.0', commit: 'abc', environment: 'staging' };
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

interface Server {
  readonly origin: string;
  stopping: boolean;
  close: () => Promise<void>;
}

let server: Server;

async function start(): Promise<Server> {
  const { pages, remove } = await makePages();
  const started = { origin: '', stopping: false, close: () => Promise.resolve() };
  const app = await makeApp({
    identity: IDENTITY,
    pages,
    apiOrigin: undefined,
    stopping: () => started.stopping,
    logger: false,
  });
  started.origin = await app.listen({ host: '127.0.0.1', port: 0 });
  started.close = async () => {
    await app.close();
    await remove();
  };
  return started;
}

/** A path as it is, which `fetch` would tidy up first. */
async function asked(path: string): Promise<{ status: number; body: string }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${server.origin}${path}`, { path, headers: HTML }, resolve).on('error', reject);
  });
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

beforeEach(async () => {
  server = await start();
});

afterEach(async () => {
  await server.close();
});

describe('the page', () => {
  test('D4: the root is a page, also for someone who asks for anything', async () => {
    const answer = await fetch(`${server.origin}/`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await answer.text()).toBe(PAGE);
  });

  test('is never kept, so that a release is seen at once', async () => {
    const { headers } = await fetch(`${server.origin}/`);

    expect(headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['/assets/index-abc.js', 'application/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/favicon.svg', 'image/svg+xml', 'public, max-age=3600'],
  ])('%s is a %s, kept %s', async (path, kind, kept) => {
    const { status, headers } = await fetch(server.origin + path);

    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, kind, kept]);
  });

  test('answers HEAD without a body', async () => {
    const answer = await fetch(`${server.origin}/`, { method: 'HEAD' });

    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
});

describe('a path that is not there', () => {
  test('is the page for a browser that navigates', async () => {
    const answer = await fetch(`${server.origin}/accounts/7?q=1`, { headers: HTML });

    expect([answer.status, await answer.text()]).toEqual([200, PAGE]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test.each(['*/*', 'application/json', 'image/png'])(
    'is 404 in JSON for one that accepts %s',
    async (accept) => {
      const answer = await fetch(`${server.origin}/assets/index-old.js?token=x`, { headers: { accept } });

      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({
        error: 'not_found',
        detail: 'There is nothing at /assets/index-old.js.',
      });
    },
  );

  test('is 404 for a POST, whatever it accepts', async () => {
    const answer = await fetch(`${server.origin}/accounts`, { method: 'POST', headers: HTML });

    expect(answer.status).toBe(404);
  });

  test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/..%5csecret.txt'])(
    '%s leads to no file outside',
    async (path) => {
      const { body } = await asked(path);

      expect(body).not.toContain('secret');
    },
  );
});

describe("the backend's paths where nothing leads to it", () => {
  test.each(['/api', '/api/accounts', '/health', '/api/accounts?x=1'])(
    '%s is 503 in JSON, not a page',
    async (path) => {
      const answer = await fetch(server.origin + path, { headers: HTML });

      expect(answer.status).toBe(503);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await answer.json()).toMatchObject({ error: 'unavailable' });
    },
  );

  test('an upload is refused before it is taken in', async () => {
    const body = new FormData();
    body.append('file', new File(['x'.repeat(100)], 'a.csv'));

    const answer = await fetch(`${server.origin}/api/accounts/1/statements`, { method: 'POST', body });

    expect(answer.status).toBe(503);
  });
});

describe('who it is', () => {
  test('D4: /version.json has version, commit and environment, never from a cache', async () => {
    const answer = await fetch(`${server.origin}/version.json`);

    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual(IDENTITY);
  });

  test('its health is its own', async () => {
    const answer = await fetch(`${server.origin}/healthz`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok', ...IDENTITY });
  });
});

describe('what protects the page', () => {
  test.each(['/', '/version.json', '/nothing', '/api'])(
    '%s says what may be loaded and by whom',
    async (path) => {
      const { headers } = await fetch(server.origin + path);

      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy':
          "default-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
    },
  );

  test('TLS is for the router to promise', async () => {
    const { headers } = await fetch(server.origin);

    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('a request', () => {
  test('keeps the id that it came with', async () => {
    const { headers } = await fetch(server.origin, { headers: { 'x-request-id': 'abc-1' } });

    expect(headers.get('x-request-id')).toBe('abc-1');
  });

  test('gets another where its own could be anything', async () => {
    const { headers } = await fetch(server.origin, { headers: { 'x-request-id': '"}, {' } });

    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('R6: while it stops it answers, and ends each connection with its answer', async () => {
  const before = await fetch(`${server.origin}/healthz`);
  server.stopping = true;
  const after = await fetch(`${server.origin}/healthz`);

  expect([before.status, before.headers.get('connection')]).toEqual([200, 'keep-alive']);
  expect([after.status, after.headers.get('connection')]).toEqual([200, 'close']);
});

test('without a built page it does not start, and says what to run', async () => {
  const pages = await mkdtemp(join(tmpdir(), 'frontend-'));

  await expect(makeApp({ identity: IDENTITY, pages, apiOrigin: undefined, logger: false })).rejects.toThrow(
    `there is no index.html in ${pages}: build the page first (npm run build)`,
  );
  await rm(pages, { recursive: true });
});
