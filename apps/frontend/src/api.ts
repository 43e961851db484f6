export interface Account {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  /** A decimal as text: a binary fraction cannot hold cents. */
  readonly balance: string;
}

export interface Entry {
  readonly id: string;
  readonly amount: string;
  readonly description: string;
  readonly created_at: string;
}

export interface Statement {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly created_at: string;
}

export interface Version {
  readonly version: string;
  readonly commit: string;
  readonly environment: string;
}

/** What went wrong, in words for the person who looks at the page. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

export const accounts = (): Promise<Account[]> => ask('/api/accounts');

export const addAccount = (account: Pick<Account, 'name' | 'currency'>): Promise<Account> =>
  ask('/api/accounts', json(account));

export const entries = (account: string): Promise<Entry[]> => ask(`${of(account)}/entries`);

export const addEntry = (account: string, entry: Pick<Entry, 'amount' | 'description'>): Promise<Entry> =>
  ask(`${of(account)}/entries`, json(entry));

export const statements = (account: string): Promise<Statement[]> => ask(`${of(account)}/statements`);

export const uploadStatement = (account: string, file: File): Promise<Statement> => {
  const body = new FormData();
  body.append('file', file);
  return ask(`${of(account)}/statements`, { method: 'POST', body });
};

export const version = (): Promise<Version> => ask('/version.json');

/** Where a statement's file can be had. */
export const fileOf = (statement: Statement): string =>
  `/api/statements/${encodeURIComponent(statement.id)}/file`;

const of = (account: string): string => `/api/accounts/${encodeURIComponent(account)}`;

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ApiError('The server cannot be reached. Check the connection and try again.');
  }
  const body = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(words(response.status, body));
  if (body === undefined) throw new ApiError('The server answered something this page does not understand.');
  return body as T;
}

function words(status: number, body: unknown): string {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined;
  if (typeof detail === 'string') return detail;
  return `The server refused this (${String(status)}).`;
}
