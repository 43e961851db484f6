import { defineConfig, type Plugin } from 'vitest/config';

import { identify } from './server/identity.ts';
import { readSettings } from './server/settings.ts';

const settings = readSettings(process.env);
const backend = settings.apiOrigin ?? 'http://127.0.0.1:8000';

/** The development server answers what the real one does, so that the page and the health command work there too. */
function identityInDevelopment(): Plugin {
  return {
    name: 'identity-in-development',
    configureServer(server) {
      server.middlewares.use((request, answer, next) => {
        if (request.url !== '/version.json' && request.url !== '/healthz') {
          next();
          return;
        }
        answer.setHeader('content-type', 'application/json');
        answer.setHeader('cache-control', 'no-store');
        const state = request.url === '/healthz' ? { status: 'ok' } : {};
        answer.end(JSON.stringify({ ...state, ...identify(settings, 'COMMIT') }));
      });
    },
  };
}

export default defineConfig({
  plugins: [identityInDevelopment()],
  build: { outDir: 'dist/public', emptyOutDir: true },
  server: { proxy: { '/api': backend, '/health': backend } },
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    sequence: { shuffle: true },
    // a machine with much to do must not make a test fail
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // what people see depends on where they are: here it is one place
    env: { LC_ALL: 'en_US.UTF-8', TZ: 'UTC' },
  },
});
