import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { FastifyInstance, FastifyRequest, FastifyServerOptions } from 'fastify';

/** One JSON object a line, with words for levels and a time that people read too. */
export const LOGGER: NonNullable<FastifyServerOptions['logger']> = {
  level: 'info',
  base: { logger: 'frontend' },
  messageKey: 'event',
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  formatters: { level: (label) => ({ level: label }) },
};

// asked every few seconds by everything that watches: they would be most of the log
const WATCHED = new Set(['/healthz', '/version.json']);

const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The path a request asks for; what follows the `?` may be anybody's data and stays out of the log. */
export function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf('?');
  return end === -1 ? request.url : request.url.slice(0, end);
}

/** The caller's id of a request if it cannot be anything but an id, else a new one. */
export function requestId(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID().replaceAll('-', '');
}

/** Log each answer: one line, at debug level for a watcher that is content. */
export function logAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const path = pathOf(request);
    const level = WATCHED.has(path) && reply.statusCode < 400 ? 'debug' : 'info';
    request.log[level](
      {
        method: request.method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
}
