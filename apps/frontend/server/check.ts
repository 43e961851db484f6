import { get } from 'node:http';

const PATIENCE_MS = 4000;

/**
 * Ask the server in this container for its health; nothing of the server itself is loaded for that.
 *
 * @param port - where it listens.
 * @returns what is wrong in words, or undefined when it is well.
 */
export function ailment(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path: '/healthz', agent: false, timeout: PATIENCE_MS },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200 ? undefined : `/healthz answers ${String(answer.statusCode)}`);
      },
    );
    request.on('timeout', () => {
      resolve(`no answer within ${String(PATIENCE_MS / 1000)} s`);
      request.destroy();
    });
    request.on('error', (error) => {
      resolve(`nothing answers on port ${String(port)}: ${error.message}`);
    });
  });
}
