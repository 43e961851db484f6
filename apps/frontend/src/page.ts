import * as api from './api.ts';
import { readAmount } from './money.ts';
import { accountRow, entryRow, statementRow } from './rows.ts';

/** A field that cannot be sent as it is. */
class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly field: HTMLInputElement;

  constructor(field: HTMLInputElement, words: string) {
    super(words);
    this.field = field;
  }
}

/**
 * Bring the page to life: show what there is, and do what its forms ask for.
 *
 * @param document - index.html.
 */
export async function startPage(document: Document): Promise<void> {
  const page = new Page(document);
  await page.start();
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
    await Promise.all([this.#try(() => this.#showAccounts()), this.#try(() => this.#showVersion())]);
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
    const account = this.#account();
    const input = field(form, 'amount');
    const amount = readAmount(input.value);
    if (amount === undefined) throw new FieldError(input, 'An amount is a number, as in 12.50 or -3.');
    const description = required(field(form, 'description'), 'Say what the entry is for.');
    await api.addEntry(account.id, { amount, description });
    form.reset();
    await this.#showAccounts();
  }

  async #upload(form: HTMLFormElement): Promise<void> {
    const account = this.#account();
    const input = field(form, 'file');
    const file = input.files?.[0];
    if (!file) throw new FieldError(input, 'Choose a file first.');
    await api.uploadStatement(account.id, file);
    form.reset();
    await this.#showChosen();
  }

  async #showAccounts(choose = this.#chosen.value): Promise<void> {
    this.#accounts = await api.accounts();
    this.#fill(
      'accounts',
      this.#accounts.map((account) => accountRow(this.#document, account)),
    );
    this.#chosen.replaceChildren(
      ...this.#accounts.map(({ id, name }) => {
        const option = this.#document.createElement('option');
        option.value = String(id);
        option.textContent = name;
        option.selected = option.value === String(choose);
        return option;
      }),
    );
    await this.#showChosen();
  }

  async #showChosen(): Promise<void> {
    const account = this.#accounts.find(({ id }) => String(id) === this.#chosen.value);
    if (!account) {
      this.#fill('entries', []);
      this.#fill('statements', []);
      return;
    }
    const [entries, statements] = await Promise.all([api.entries(account.id), api.statements(account.id)]);
    // another account may have been chosen while these were on their way
    if (String(account.id) !== this.#chosen.value) return;
    this.#fill(
      'entries',
      entries.map((entry) => entryRow(this.#document, entry, account.currency)),
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

  #account(): api.Account {
    const account = this.#accounts.find(({ id }) => String(id) === this.#chosen.value);
    if (!account) throw new Error('Add an account first.');
    return account;
  }

  #onSubmit(id: string, act: (form: HTMLFormElement) => Promise<void>): void {
    const form = this.#find(id, HTMLFormElement);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const button = form.querySelector('button');
      if (button?.disabled) return;
      if (button) button.disabled = true;
      void this.#try(() => act(form)).finally(() => {
        if (button) button.disabled = false;
      });
    });
  }

  /** Do something and show in words what went wrong, at the field where it did. */
  async #try(act: () => Promise<void>): Promise<void> {
    this.#say('');
    for (const marked of this.#document.querySelectorAll('[aria-invalid]'))
      marked.removeAttribute('aria-invalid');
    try {
      await act();
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
      if (!(error instanceof FieldError)) return;
      error.field.setAttribute('aria-invalid', 'true');
      error.field.focus();
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

function field(form: HTMLFormElement, name: string): HTMLInputElement {
  const found = form.elements.namedItem(name);
  if (!(found instanceof HTMLInputElement)) throw new Error(`the form has no field ${name}`);
  return found;
}

function required(input: HTMLInputElement, words: string): string {
  const value = input.value.trim();
  if (value === '') throw new FieldError(input, words);
  return value;
}
