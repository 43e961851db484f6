import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const PREFIXES = ['/api', '/health'];
const CONNECT_MS = 3000;
const HEADERS_MS = 60_000;

/**
 * Hand the backend's paths on to it, bodies as streams: an upload is never held here.
 *
 * @param app - the server.
 * @param origin - the backend's scheme, host and port.
 */
export async function handOn(app: FastifyInstance, origin: string): Promise<void> {
  for (const prefix of PREFIXES) {
    await app.register(httpProxy, {
      upstream: origin,
      prefix,
      rewritePrefix: prefix,
      disableCache: true,
      disableRequestLogging: true,
      // an unhealthy backend answers 503: asked ten times more, it would say so a second later
      retryMethods: [],
      undici: { connect: { timeout: CONNECT_MS }, headersTimeout: HEADERS_MS },
      replyOptions: {
        rewriteRequestHeaders: (request, headers) => ({ ...headers, 'x-request-id': request.id }),
        onError: (reply, { error }) => {
          answerFor(reply as FastifyReply, error);
        },
      },
    });
  }
}

/**
 * Answer the backend's paths where nothing is handed on: with JSON, since a page in its place would look like success.
 *
 * @param app - the server.
 */
export async function refuse(app: FastifyInstance): Promise<void> {
  await app.register((scope, _options, done) => {
    const answer = (_request: FastifyRequest, reply: FastifyReply): void => {
      void reply.code(503).send({
        error: 'unavailable',
        detail: 'This server hands nothing on to a backend: a router has to, or API_ORIGIN names it.',
      });
    };
    // before the body is read: of an upload that goes nowhere nothing is taken in
    scope.addHook('onRequest', (request, reply) => {
      answer(request, reply);
    });
    for (const prefix of PREFIXES) {
      scope.all(prefix, answer);
      scope.all(`${prefix}/*`, answer);
    }
    done();
  });
}

function answerFor(reply: FastifyReply, error: Error): void {
  const status = 'statusCode' in error && error.statusCode !== 500 ? Number(error.statusCode) : 502;
  void reply.code(status).send({
    error: 'unavailable',
    detail: 'The backend does not answer. Try again in a moment.',
  });
}
