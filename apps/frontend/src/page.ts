import * as api from './api.ts';
import { field, FieldError, fields, required } from './fields.ts';
import { readAmount } from './money.ts';
import { accountRow, entryRow, statementRow } from './rows.ts';

/**
 * Bring the page to life: show what there is, and do what its forms ask for.
 *
 * @param document - index.html.
 * @returns when the first answers are shown.
 */
export async function startPage(document: Document): Promise<void> {
  await new Page(document).start();
}

class Page {
  readonly #document: Document;
  readonly #error: HTMLElement;
  readonly #chosen: HTMLSelectElement;
  #accounts: readonly api.Account[] = [];

  constructor(document: Document) {
    this.#document = document;
    this.#error = this.#find('error', HTMLElement);
    this.#chosen = this.#find('account', HTMLSelectElement);
  }

  async start(): Promise<void> {
    this.#chosen.addEventListener('change', () => void this.#try(() => this.#showChosen()));
    this.#onSubmit('account-form', (form) => this.#addAccount(form));
    this.#onSubmit('entry-form', (form) => this.#addEntry(form));
    this.#onSubmit('statement-form', (form) => this.#upload(form));
    await this.#try(async () => {
      await Promise.all([this.#showAccounts(), this.#showVersion()]);
    });
  }

  async #addAccount(form: HTMLFormElement): Promise<void> {
    const name = required(field(form, 'name'), 'Give the account a name.');
    const input = field(form, 'currency');
    const currency = input.value.trim().toUpperCase();
    if (!/^[A-Z]{3}$/.test(currency)) throw new FieldError(input, 'A currency has three letters, as in EUR.');
    const added = await api.addAccount({ name, currency });
    form.reset();
    await this.#showAccounts(added.id);
  }

  async #addEntry(form: HTMLFormElement): Promise<void> {
    const account = this.#account('Add an account first: an entry belongs to one.');
    const input = field(form, 'amount');
    const amount = readAmount(input.value);
    if (amount === undefined) throw new FieldError(input, 'An amount is a number, as in 12.50 or -3.');
    const description = required(field(form, 'description'), 'Say what the entry is for.');
    const date = field(form, 'date').value;
    await api.addEntry(account.id, { amount, description, ...(date === '' ? {} : { date }) });
    form.reset();
    await this.#showAccounts();
  }

  async #upload(form: HTMLFormElement): Promise<void> {
    const account = this.#account('Add an account first: a statement belongs to one.');
    const input = field(form, 'file');
    const file = input.files?.[0];
    if (!file) throw new FieldError(input, 'Choose a file first.');
    await api.uploadStatement(account.id, file);
    form.reset();
    await this.#showChosen();
  }

  async #showAccounts(wanted = Number(this.#chosen.value)): Promise<void> {
    this.#accounts = await api.accounts();
    this.#fill(
      'accounts',
      this.#accounts.map((account) => accountRow(this.#document, account)),
    );
    this.#chosen.replaceChildren(
      ...this.#accounts.map(({ id, name, currency }) => {
        const option = this.#document.createElement('option');
        option.value = String(id);
        option.textContent = `${name} (${currency})`;
        return option;
      }),
    );
    const chosen = this.#accounts.find(({ id }) => id === wanted) ?? this.#accounts[0];
    this.#chosen.value = String(chosen?.id ?? '');
    await this.#showChosen();
  }

  async #showChosen(): Promise<void> {
    const account = this.#found();
    const [entries, statements] = account
      ? await Promise.all([api.entries(account.id), api.statements(account.id)])
      : [[], []];
    // another account may have been chosen while these were on their way
    if (this.#found()?.id !== account?.id) return;
    this.#fill(
      'entries',
      entries.map((entry) => entryRow(this.#document, entry, account?.currency ?? '')),
    );
    this.#fill(
      'statements',
      statements.map((statement) => statementRow(this.#document, statement)),
    );
  }

  async #showVersion(): Promise<void> {
    const { version, commit, environment } = await api.version();
    this.#find('version', HTMLElement).textContent = `${version} (${commit.slice(0, 12)}, ${environment})`;
  }

  #found(): api.Account | undefined {
    return this.#accounts.find(({ id }) => String(id) === this.#chosen.value);
  }

  #account(words: string): api.Account {
    const account = this.#found();
    if (!account) throw new Error(words);
    return account;
  }

  #onSubmit(id: string, act: (form: HTMLFormElement) => Promise<void>): void {
    const form = this.#find(id, HTMLFormElement);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      // a second press would send everything a second time
      if (form.getAttribute('aria-busy') === 'true') return;
      form.setAttribute('aria-busy', 'true');
      void this.#try(() => act(form), form).finally(() => {
        form.removeAttribute('aria-busy');
      });
    });
  }

  /** Do something and show in words what went wrong, at the fields where it did. */
  async #try(act: () => Promise<void>, form?: HTMLFormElement): Promise<void> {
    this.#say('');
    for (const marked of this.#document.querySelectorAll('[aria-invalid]')) unmark(marked);
    try {
      await act();
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
      const wrong = error instanceof FieldError ? [error.field] : [];
      if (form && error instanceof api.ApiError) wrong.push(...fields(form, error.fields));
      wrong.forEach(mark);
      wrong[0]?.focus();
    }
  }

  #say(words: string): void {
    this.#error.textContent = words;
    this.#error.hidden = words === '';
  }

  #fill(id: string, rows: readonly HTMLElement[]): void {
    this.#find(id, HTMLElement).replaceChildren(...rows);
    this.#find(`${id}-none`, HTMLElement).hidden = rows.length > 0;
  }

  #find<T extends HTMLElement>(id: string, kind: abstract new () => T): T {
    const found = this.#document.getElementById(id);
    if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} with the id ${id}`);
    return found;
  }
}

function mark(input: Element): void {
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', 'error');
}

function unmark(input: Element): void {
  input.removeAttribute('aria-invalid');
  input.removeAttribute('aria-describedby');
}
