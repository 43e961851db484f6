import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import helmet from '@fastify/helmet';
import files from '@fastify/static';
import fastify, {
  LogController,
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';

import { handOn, refuse } from './backend.ts';
import type { Identity } from './identity.ts';
import { logAnswers, LOGGER, pathOf, requestId } from './log.ts';

const PAGE = 'index.html';
const YEAR = 'public, max-age=31536000, immutable';

export interface Parts {
  readonly identity: Identity;
  /** The folder with the built page. */
  readonly pages: string;
  readonly apiOrigin: string | undefined;
  /** Whether the process has been asked to end. */
  readonly stopping?: () => boolean;
  readonly logger?: FastifyServerOptions['logger'];
}

/**
 * The server: the page's files, who it is, its health, and the way to the backend.
 *
 * @param parts - what it is made of.
 * @throws Error when there is no page to serve.
 */
export async function makeApp(parts: Parts): Promise<FastifyInstance> {
  if (!existsSync(join(parts.pages, PAGE))) {
    throw new Error(`there is no ${PAGE} in ${parts.pages}: build the page first (npm run build)`);
  }
  const app = fastify({
    logger: parts.logger ?? LOGGER,
    // ours instead: one line a request, without its query
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestId,
  });
  logAnswers(app);
  await secure(app);
  endConnections(app, parts.stopping ?? (() => false));

  app.get('/version.json', (_request, reply) => {
    void reply.header('cache-control', 'no-store').send(parts.identity);
  });
  app.get('/healthz', (_request, reply) => {
    void reply.header('cache-control', 'no-store').send({ status: 'ok', ...parts.identity });
  });
  await (parts.apiOrigin === undefined ? refuse(app) : handOn(app, parts.apiOrigin));
  await app.register(files, {
    root: parts.pages,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', keepFor(relative(parts.pages, path)));
    },
  });
  app.setNotFoundHandler((request, reply) => {
    if (navigates(request)) return reply.sendFile(PAGE);
    return reply.code(404).send({ error: 'not_found', detail: `There is nothing at ${pathOf(request)}.` });
  });
  app.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status < 500)
      return reply.code(status).send({ error: 'invalid', detail: 'The request is not valid.' });
    request.log.error({ err: error }, 'failed');
    return reply.code(500).send({ error: 'internal', detail: 'The server failed. Its log says why.' });
  });
  return app;
}

async function secure(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // whether there is TLS at all is known to the router only
    strictTransportSecurity: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
}

// a router that keeps connections open would send a request down one that is just being closed
function endConnections(app: FastifyInstance, stopping: () => boolean): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (stopping()) void reply.header('connection', 'close');
    done();
  });
}

function keepFor(file: string): string {
  if (file === PAGE) return 'no-store';
  return file.startsWith(`assets${sep}`) ? YEAR : 'public, max-age=3600';
}

// a script or a picture that is missing must not get a page with code 200 in its place
function navigates(request: FastifyRequest): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads && (request.headers.accept ?? '').includes('text/html');
}
