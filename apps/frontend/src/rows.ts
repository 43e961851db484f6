import { fileOf, type Account, type Entry, type Statement } from './api.ts';
import { showAmount } from './money.ts';

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
// a day is the same day everywhere, not midnight in London
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const SIZE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A row of the table of accounts. */
export function accountRow(document: Document, account: Account): HTMLElement {
  return row(document, 'account-row', [
    account.name,
    account.currency,
    number(document, showAmount(account.balance, account.currency)),
  ]);
}

/** A row of the table of entries. */
export function entryRow(document: Document, entry: Entry, currency: string): HTMLElement {
  return row(document, 'entry-row', [
    DAY.format(new Date(entry.date)),
    entry.description,
    number(document, showAmount(entry.amount, currency)),
  ]);
}

/** A row of the table of statements, with a link to the file. */
export function statementRow(document: Document, statement: Statement): HTMLElement {
  const link = document.createElement('a');
  link.href = fileOf(statement);
  link.download = statement.filename;
  link.textContent = statement.filename;
  const cell = document.createElement('td');
  cell.append(link);
  return row(document, 'statement-row', [
    MOMENT.format(new Date(statement.created_at)),
    cell,
    number(document, showSize(statement.size)),
  ]);
}

/** Write a size for people: `812 bytes`, `1.4 kB`, `3 MB`. */
export function showSize(bytes: number): string {
  if (bytes < 1000) return `${SIZE.format(bytes)} bytes`;
  return bytes < 1_000_000 ? `${SIZE.format(bytes / 1000)} kB` : `${SIZE.format(bytes / 1_000_000)} MB`;
}

function row(document: Document, testId: string, cells: readonly (string | HTMLElement)[]): HTMLElement {
  const made = document.createElement('tr');
  made.dataset['testid'] = testId;
  made.append(...cells.map((content) => (typeof content === 'string' ? text(document, content) : content)));
  return made;
}

function number(document: Document, words: string): HTMLElement {
  const cell = text(document, words);
  cell.className = 'number';
  return cell;
}

function text(document: Document, words: string): HTMLElement {
  const cell = document.createElement('td');
  cell.textContent = words;
  return cell;
}
