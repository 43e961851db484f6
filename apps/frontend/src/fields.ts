/** A field that cannot be sent as it is; the message says why. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly field: HTMLInputElement;

  constructor(field: HTMLInputElement, words: string) {
    super(words);
    this.field = field;
  }
}

/** The field of a form by its name. */
export function field(form: HTMLFormElement, name: string): HTMLInputElement {
  const [found] = fields(form, [name]);
  if (!found) throw new Error(`the form ${form.id} has no field ${name}`);
  return found;
}

/** Those fields of a form that it has, by their names. */
export function fields(form: HTMLFormElement, names: readonly string[]): HTMLInputElement[] {
  return names
    .map((name) => form.elements.namedItem(name))
    .filter((found) => found instanceof HTMLInputElement);
}

/**
 * What is in a field, without the space around it.
 *
 * @param input - the field.
 * @param words - what to say when there is nothing in it.
 * @throws FieldError then.
 */
export function required(input: HTMLInputElement, words: string): string {
  const value = input.value.trim();
  if (value === '') throw new FieldError(input, words);
  return value;
}
