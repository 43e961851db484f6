// as many places as any currency has: how many this one has is for the backend to say
const AMOUNT = /^(?<sign>[+-]?)(?<whole>\d{1,15})(?:[.,](?<part>\d{1,4}))?$/;

/**
 * Read an amount as people write it, with a point or a comma before the cents.
 *
 * @param text - what was typed.
 * @returns the decimal as the backend takes it, or undefined when it is none.
 */
export function readAmount(text: string): string | undefined {
  // a minus that was copied from a statement is often the typographic one
  const found = AMOUNT.exec(text.trim().replace('−', '-'))?.groups;
  if (!found) return undefined;
  const part = found['part'] === undefined ? '' : `.${found['part']}`;
  return `${found['sign'] === '-' ? '-' : ''}${found['whole'] ?? ''}${part}`;
}

/**
 * Write an amount for people.
 *
 * @param amount - a decimal as text.
 * @param currency - three letters.
 * @param locale - the reader's own unless given.
 */
export function showAmount(amount: string, currency: string, locale?: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  // as text: a number would round what it cannot hold
  return format.format(amount as Intl.StringNumericLiteral);
}
