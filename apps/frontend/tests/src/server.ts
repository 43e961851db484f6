import { vi } from 'vitest';

import type { Account, Entry, Statement } from '../../src/api.ts';

type Answer = Response | Promise<Response>;

/** Stands for the application's two servers; the browser test runs the same page against the real ones. */
export class FakeServer {
  readonly accounts: Account[] = [];
  readonly entries: (Entry & { account: number })[] = [];
  readonly statements: (Statement & { account: number })[] = [];
  readonly asked: string[] = [];
  readonly sent: unknown[] = [];
  /** What is answered next in place of the usual, by method and path. */
  readonly faults = new Map<string, () => Answer>();

  constructor() {
    vi.stubGlobal('fetch', (path: string, init: RequestInit = {}) => this.#answer(path, init));
  }

  async #answer(path: string, init: RequestInit): Promise<Response> {
    const asked = `${init.method ?? 'GET'} ${path}`;
    this.asked.push(asked);
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : init.body;
    if (body !== undefined) this.sent.push(body);
    const fault = this.faults.get(asked);
    if (fault) return fault();
    const account = Number(/accounts\/(\d+)/.exec(path)?.[1]);
    if (asked === 'GET /version.json') {
      return Response.json({ version: 'v1.2.3', commit: '0123456789abcdef', environment: 'staging' });
    }
    if (asked === 'GET /api/accounts') return Response.json(this.accounts);
    if (asked === 'POST /api/accounts') {
      const added = { id: this.accounts.length + 1, balance: '0.00', ...(body as object) } as Account;
      this.accounts.push(added);
      return Response.json(added, { status: 201 });
    }
    if (asked.endsWith('/entries') || asked.endsWith('/statements')) {
      const kept = asked.endsWith('/entries') ? this.entries : this.statements;
      if (init.method !== 'POST') return Response.json(kept.filter((each) => each.account === account));
      const file = body instanceof FormData ? body.get('file') : undefined;
      const content =
        file instanceof File
          ? { filename: file.name, size: file.size, created_at: '2026-11-23T12:00:00+00:00' }
          : { date: '2026-11-23', ...(body as object) };
      const added = { id: kept.length + 1, account, ...content };
      (kept as unknown[]).push(added);
      return Response.json(added, { status: 201 });
    }
    return Promise.reject(new Error(`nobody expects ${asked}`));
  }
}
