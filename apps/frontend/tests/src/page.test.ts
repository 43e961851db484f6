// @vitest-environment happy-dom
import {
  configure,
  getByLabelText,
  getByRole,
  getByTestId,
  queryAllByTestId,
  waitFor,
} from '@testing-library/dom';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import html from '../../index.html?raw';
import { startPage } from '../../src/page.ts';
import { FakeServer } from './server.ts';

// how long a machine with much to do may take; an answer is usually there at once
configure({ asyncUtilTimeout: 20_000 });

const user = userEvent.setup();
const page = document.body;
let server: FakeServer;

beforeEach(() => {
  page.innerHTML = /<body>(?<body>.*)<\/body>/s.exec(html)?.groups?.['body'] ?? '';
  server = new FakeServer();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const shown = (testId: string): string[] =>
  queryAllByTestId(page, testId).map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.textContent).join(' | '),
  );

const said = (): string => {
  const error = getByTestId(page, 'error');
  return error.hidden ? '' : error.textContent;
};

const input = (testId: string): HTMLInputElement => getByTestId(page, testId);

const type = async (testId: string, words: string): Promise<void> => {
  await user.clear(input(testId));
  await user.type(input(testId), words);
};

const press = (testId: string): Promise<void> => user.click(getByTestId(page, testId));

const hasAccounts = (...names: string[]): void => {
  server.accounts.push(
    ...names.map((name, index) => ({ id: index + 1, name, currency: 'EUR', balance: '0.00' })),
  );
};

describe('what it shows', () => {
  test('says that there is nothing yet', async () => {
    await startPage(document);

    expect(getByRole(page, 'main').textContent).toContain('There is no account yet.');
    expect(said()).toBe('');
  });

  test('accounts with their balances', async () => {
    server.accounts.push({ id: 1, name: 'Savings', currency: 'EUR', balance: '-1234.50' });

    await startPage(document);

    expect(shown('account-row')).toEqual(['Savings | EUR | -€1,234.50']);
  });

  test('the version that is deployed, with commit and environment', async () => {
    await startPage(document);

    expect(getByTestId(page, 'version').textContent).toBe('v1.2.3 (0123456789ab, staging)');
  });

  test("another account's entries and statements when it is chosen", async () => {
    hasAccounts('Checking', 'Savings');
    server.entries.push(
      { id: 1, account: 1, amount: '1.00', description: 'one', date: '2026-11-22' },
      { id: 2, account: 2, amount: '2.00', description: 'two', date: '2026-11-23' },
    );
    await startPage(document);
    expect(shown('entry-row')).toEqual(['Nov 22, 2026 | one | €1.00']);

    await user.selectOptions(getByTestId(page, 'entry-account'), '2');

    await waitFor(() => {
      expect(shown('entry-row')).toEqual(['Nov 23, 2026 | two | €2.00']);
    });
  });

  test('an answer that comes when another account is chosen already is not shown', async () => {
    hasAccounts('Checking', 'Savings');
    server.entries.push({ id: 2, account: 2, amount: '2.00', description: 'two', date: '2026-11-23' });
    await startPage(document);
    const late = Promise.withResolvers<Response>();
    server.faults.set('GET /api/accounts/1/entries', () => late.promise);
    const chosen = getByTestId(page, 'entry-account');
    await user.selectOptions(chosen, '2');
    await user.selectOptions(chosen, '1');
    await user.selectOptions(chosen, '2');
    await waitFor(() => {
      expect(shown('entry-row')).toHaveLength(1);
    });

    late.resolve(Response.json([{ id: 1, amount: '1.00', description: 'late', date: '2026-11-22' }]));
    await late.promise;
    await vi.dynamicImportSettled();

    expect(shown('entry-row')).toEqual(['Nov 23, 2026 | two | €2.00']);
  });

  test('markup in a name is text', async () => {
    hasAccounts('<img src=x onerror=alert(1)>');

    await startPage(document);

    expect(shown('account-row')[0]).toContain('<img src=x onerror=alert(1)>');
    expect(page.querySelector('img')).toBeNull();
  });
});

describe('an account', () => {
  test('is added and chosen', async () => {
    hasAccounts('Checking');
    await startPage(document);

    await type('account-name', ' Savings ');
    await type('account-currency', 'chf');
    await press('account-add');

    await waitFor(() => {
      expect(shown('account-row')).toHaveLength(2);
    });
    expect(server.sent).toEqual([{ name: 'Savings', currency: 'CHF' }]);
    expect(getByTestId<HTMLSelectElement>(page, 'entry-account').selectedOptions[0]?.textContent).toBe(
      'Savings (CHF)',
    );
    expect(input('account-name').value).toBe('');
  });

  test.each([
    ['account-name', ' ', 'Give the account a name.'],
    ['account-currency', 'EU', 'A currency has three letters, as in EUR.'],
  ])('with %s "%s" is not sent; it is said why, at the field', async (testId, words, message) => {
    await startPage(document);
    await type('account-name', 'Savings');

    await type(testId, words);
    await press('account-add');

    expect(said()).toBe(message);
    expect(document.activeElement).toBe(input(testId));
    expect(input(testId).getAttribute('aria-invalid')).toBe('true');
    expect(server.sent).toEqual([]);
  });

  test("that the backend refuses shows the backend's words at its fields", async () => {
    await startPage(document);
    const refused = { error: 'invalid', detail: 'currency: has to be in use', fields: ['currency'] };
    server.faults.set('POST /api/accounts', () => Response.json(refused, { status: 422 }));

    await type('account-name', 'Savings');
    await press('account-add');

    await waitFor(() => {
      expect(said()).toBe('Currency: has to be in use.');
    });
    expect(document.activeElement).toBe(input('account-currency'));
    expect(input('account-name').value).toBe('Savings');
  });

  test('is sent once, however often it is pressed', async () => {
    await startPage(document);
    const late = Promise.withResolvers<Response>();
    server.faults.set('POST /api/accounts', () => late.promise);

    await type('account-name', 'Savings');
    await press('account-add');
    await press('account-add');

    expect(server.asked.filter((each) => each.startsWith('POST'))).toHaveLength(1);
    late.resolve(Response.json({ id: 1 }, { status: 201 }));
    await waitFor(() => {
      expect(page.querySelector('[aria-busy]')).toBeNull();
    });
  });
});

describe('an entry', () => {
  test('is added to the account that is chosen, and the balances are asked for anew', async () => {
    hasAccounts('Checking', 'Savings');
    await startPage(document);
    await user.selectOptions(getByTestId(page, 'entry-account'), '2');
    server.asked.length = 0;

    await type('entry-amount', '-12,5');
    await type('entry-description', 'Coffee');
    await press('entry-add');

    await waitFor(() => {
      expect(shown('entry-row')).toEqual(['Nov 23, 2026 | Coffee | -€12.50']);
    });
    expect(server.sent).toEqual([{ amount: '-12.5', description: 'Coffee' }]);
    expect(server.asked).toContain('POST /api/accounts/2/entries');
    expect(server.asked).toContain('GET /api/accounts');
  });

  test('keeps the day that is given', async () => {
    hasAccounts('Checking');
    await startPage(document);

    await type('entry-amount', '1');
    await type('entry-description', 'Rent');
    await type('entry-date', '2026-10-01');
    await press('entry-add');

    await waitFor(() => {
      expect(shown('entry-row')).toEqual(['Oct 1, 2026 | Rent | €1.00']);
    });
  });

  test.each([
    ['entry-amount', 'ten', 'An amount is a number, as in 12.50 or -3.'],
    ['entry-description', ' ', 'Say what the entry is for.'],
  ])('with %s "%s" is not sent', async (testId, words, message) => {
    hasAccounts('Checking');
    await startPage(document);
    await type('entry-amount', '10');
    await type('entry-description', 'Coffee');

    await type(testId, words);
    await press('entry-add');

    expect([said(), server.sent]).toEqual([message, []]);
  });

  test('needs an account', async () => {
    await startPage(document);

    await press('entry-add');

    expect(said()).toBe('Add an account first: an entry belongs to one.');
  });
});

describe('a statement', () => {
  test('is uploaded and can be had again', async () => {
    hasAccounts('Checking');
    await startPage(document);

    await user.upload(input('statement-file'), new File(['x'.repeat(1400)], 'october.csv'));
    await press('statement-upload');

    await waitFor(() => {
      expect(shown('statement-row')[0]).toMatch(/^Nov 23, 2026, .* \| october\.csv \| 1\.4 kB$/);
    });
    const link = getByRole<HTMLAnchorElement>(page, 'link', { name: 'october.csv' });
    expect([link.getAttribute('href'), link.download]).toEqual(['/api/statements/1/file', 'october.csv']);
  });

  test('needs a file', async () => {
    hasAccounts('Checking');
    await startPage(document);

    await press('statement-upload');

    expect(said()).toBe('Choose a file first.');
  });
});

describe('what goes wrong', () => {
  const answers = (status: number, body: BodyInit): (() => Response) => {
    return () => new Response(body, { status });
  };

  test.each([
    [
      'nobody answers',
      () => Promise.reject(new TypeError('Failed to fetch')),
      'The server cannot be reached.',
    ],
    ['a page comes in place of JSON', answers(200, '<!doctype html>'), 'does not understand'],
    ['a router answers', answers(502, 'Bad Gateway'), 'The server cannot do this now (502).'],
    ['it is refused without a word', answers(403, '{}'), 'The server refused this (403).'],
    ['a dependency is away', answers(503, '{"detail":"database: gone"}'), 'Database: gone.'],
  ])('when %s, the page says so', async (_what, fault, words) => {
    server.faults.set('GET /api/accounts', fault);

    await startPage(document);

    expect(said()).toContain(words);
    expect(getByRole(page, 'alert')).toBe(getByTestId(page, 'error'));
  });

  test('it is forgotten when the next thing works', async () => {
    await startPage(document);
    await press('account-add');
    expect(said()).not.toBe('');

    await type('account-name', 'Savings');
    await press('account-add');

    await waitFor(() => {
      expect(said()).toBe('');
    });
    expect(page.querySelector('[aria-invalid]')).toBeNull();
  });
});

test('every field has a label that says what it is', async () => {
  await startPage(document);

  const named = [
    'Name',
    'Currency',
    'Account, also for the statements',
    'Amount',
    'Description',
    'Date (today if empty)',
    'File',
  ].map((label) => getByLabelText(page, label).dataset['testid']);

  expect(named).toEqual([
    'account-name',
    'account-currency',
    'entry-account',
    'entry-amount',
    'entry-description',
    'entry-date',
    'statement-file',
  ]);
});
