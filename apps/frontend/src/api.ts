export interface Account {
  readonly id: number;
  readonly name: string;
  readonly currency: string;
  /** A decimal as text: a binary fraction cannot hold cents. */
  readonly balance: string;
}

export interface NewAccount {
  readonly name: string;
  readonly currency: string;
}

export interface Entry {
  readonly id: number;
  readonly amount: string;
  readonly description: string;
  /** A day, as in 2026-11-23. */
  readonly date: string;
}

export interface NewEntry {
  readonly amount: string;
  readonly description: string;
  /** Today where it is not given. */
  readonly date?: string;
}

export interface Statement {
  readonly id: number;
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
  /** The fields that the server did not take, by their names in the request. */
  readonly fields: readonly string[];

  constructor(words: string, fields: readonly string[] = []) {
    super(words);
    this.fields = fields;
  }
}

export const accounts = (): Promise<Account[]> => ask('/api/accounts');

export const addAccount = (account: NewAccount): Promise<Account> => ask('/api/accounts', json(account));

export const entries = (account: number): Promise<Entry[]> => ask(`${of(account)}/entries`);

export const addEntry = (account: number, entry: NewEntry): Promise<Entry> =>
  ask(`${of(account)}/entries`, json(entry));

export const statements = (account: number): Promise<Statement[]> => ask(`${of(account)}/statements`);

export const uploadStatement = (account: number, file: File): Promise<Statement> => {
  const body = new FormData();
  body.append('file', file);
  return ask(`${of(account)}/statements`, { method: 'POST', body });
};

export const version = (): Promise<Version> => ask('/version.json');

/** Where a statement's file can be had. */
export const fileOf = (statement: Statement): string => `/api/statements/${String(statement.id)}/file`;

const of = (account: number): string => `/api/accounts/${String(account)}`;

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

// what comes back is the backend's promise, held by the browser test that runs against it
async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ApiError('The server cannot be reached. Check the connection and try again.');
  }
  const body = (await response.json().catch(() => undefined)) as unknown;
  if (!response.ok) throw refusal(response.status, body);
  if (body === undefined)
    throw new ApiError('The server answered something that this page does not understand.');
  return body as T;
}

function refusal(status: number, body: unknown): ApiError {
  const { detail, fields } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  if (typeof detail === 'string' && detail !== '') {
    const named = Array.isArray(fields) ? fields.filter((name) => typeof name === 'string') : [];
    return new ApiError(sentence(detail), named);
  }
  if (status >= 500)
    return new ApiError(`The server cannot do this now (${String(status)}). Try again in a moment.`);
  return new ApiError(`The server refused this (${String(status)}).`);
}

function sentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
