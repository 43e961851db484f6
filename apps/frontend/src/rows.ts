import { fileOf, type Account, type Entry, type Statement } from './api.ts';
import { showAmount } from './money.ts';

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const SIZE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export function accountRow(document: Document, account: Account): HTMLElement {
  return row(document, 'account-row', [
    account.name,
    account.currency,
    number(document, showAmount(account.balance, account.currency)),
  ]);
}

export function entryRow(document: Document, entry: Entry, currency: string): HTMLElement {
  return row(document, 'entry-row', [
    DATE.format(new Date(entry.created_at)),
    entry.description,
    number(document, showAmount(entry.amount, currency)),
  ]);
}

export function statementRow(document: Document, statement: Statement): HTMLElement {
  const link = document.createElement('a');
  link.href = fileOf(statement);
  link.download = statement.filename;
  link.textContent = statement.filename;
  const cell = document.createElement('td');
  cell.append(link);
  return row(document, 'statement-row', [
    DATE.format(new Date(statement.created_at)),
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
  for (const content of cells) {
    if (typeof content !== 'string') {
      made.append(content);
      continue;
    }
    const cell = document.createElement('td');
    cell.textContent = content;
    made.append(cell);
  }
  return made;
}

function number(document: Document, text: string): HTMLElement {
  const cell = document.createElement('td');
  cell.className = 'number';
  cell.textContent = text;
  return cell;
}
