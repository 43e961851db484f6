import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer, json } from 'node:stream/consumers';

import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { makeApp } from '../../server/app.ts';
import { makePages } from './pages.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

let behaviour: Behaviour;
let backend: Server;
let app: FastifyInstance;
let origin: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  backend = createServer((request, response) => {
    behaviour(request, response);
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const made = await makePages();
  remove = made.remove;
  app = await makeApp({
    identity: { version: 'v1', commit: 'abc', environment: 'local' },
    pages: made.pages,
    apiOrigin: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}`,
    logger: false,
  });
  origin = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await app.close();
  backend.closeAllConnections();
  backend.close();
  await remove();
});

const sends =
  (status: number, body: unknown): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-cache': 'hit' });
    response.end(JSON.stringify(body));
  };

test.each(['/api/accounts', '/api/accounts/1/entries?limit=5', '/health'])(
  '%s is handed on as it is',
  async (path) => {
    let seen = '';
    behaviour = (request, response) => {
      seen = `${request.method ?? ''} ${request.url ?? ''}`;
      sends(200, [{ id: 1 }])(request, response);
    };

    const answer = await fetch(origin + path);

    expect(seen).toBe(`GET ${path}`);
    expect(await answer.json()).toEqual([{ id: 1 }]);
    expect(answer.headers.get('x-cache')).toBe('hit');
  },
);

test.each([404, 422, 503])(
  "the backend's own %i reaches the page with its words, asked once",
  async (status) => {
    let times = 0;
    behaviour = (request, response) => {
      times += 1;
      sends(status, { error: 'a word', detail: 'a sentence' })(request, response);
    };

    const answer = await fetch(`${origin}/api/accounts/9/entries`);

    expect([answer.status, await answer.json()]).toEqual([status, { error: 'a word', detail: 'a sentence' }]);
    expect(times).toBe(1);
  },
);

test('one id follows a request through both', async () => {
  let seen: unknown;
  behaviour = (request, response) => {
    seen = request.headers['x-request-id'];
    sends(200, {})(request, response);
  };

  const { headers } = await fetch(`${origin}/api/accounts`);

  expect(seen).toMatch(/^[0-9a-f]{32}$/);
  expect(headers.get('x-request-id')).toBe(seen);
});

test('JSON that is sent arrives as it was', async () => {
  let seen: unknown;
  behaviour = (request, response) => {
    void json(request).then((body) => {
      seen = body;
      sends(201, {})(request, response);
    });
  };

  const answer = await fetch(`${origin}/api/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Käse' }),
  });

  expect([answer.status, seen]).toEqual([201, { name: 'Käse' }]);
});

test('a file larger than any buffer here arrives whole', async () => {
  const size = 5_000_000;
  let received = 0;
  behaviour = (request, response) => {
    void buffer(request).then((body) => {
      received = body.length;
      sends(201, {})(request, response);
    });
  };

  const answer = await fetch(`${origin}/api/accounts/1/statements`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: new Uint8Array(size),
  });

  expect([answer.status, received]).toEqual([201, size]);
});

test('an upload is handed on while it comes: its beginning arrives before its end is sent', async () => {
  const beginning = Promise.withResolvers<string>();
  behaviour = (incoming, response) => {
    incoming.once('data', (chunk: Buffer) => {
      beginning.resolve(chunk.toString());
    });
    incoming.on('end', () => {
      sends(201, {})(incoming, response);
    });
  };

  const upload = request(`${origin}/api/accounts/1/statements`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  });
  upload.write('the beginning');
  const arrived = await beginning.promise;
  upload.end('the end');
  const [answer] = (await once(upload, 'response')) as [IncomingMessage];
  answer.resume();

  expect([arrived, answer.statusCode]).toEqual(['the beginning', 201]);
});

test('a backend that is not there is 502 or 503 in JSON and in words', async () => {
  backend.close();
  await once(backend, 'close');

  const answer = await fetch(`${origin}/api/accounts`);

  expect([502, 503]).toContain(answer.status);
  expect(await answer.json()).toEqual({
    error: 'unavailable',
    detail: 'The backend does not answer. Try again in a moment.',
  });
});

test('a backend that hangs up is 502 in JSON', async () => {
  behaviour = (request) => {
    request.socket.destroy();
  };

  const answer = await fetch(`${origin}/health`);

  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    502,
    'application/json; charset=utf-8',
  ]);
});

test('its own health does not hang on the backend', async () => {
  backend.close();

  const answer = await fetch(`${origin}/healthz`);

  expect(answer.status).toBe(200);
});
