import { expect, test } from 'vitest';

import { readAmount, showAmount } from '../../src/money.ts';

test.each([
  ['12', '12'],
  ['12.5', '12.5'],
  [' -3,20 ', '-3.20'],
  ['+7', '7'],
  ['−1.00', '-1.00'],
  ['0.1234', '0.1234'],
  ['999999999999999.99', '999999999999999.99'],
])('"%s" is %s', (typed, amount) => {
  expect(readAmount(typed)).toBe(amount);
});

test.each(['', '-', 'ten', '1,234.50', '1e3', '.5', '1.', '12.34567', '1 000', '0x10', 'NaN'])(
  '"%s" is none',
  (typed) => {
    expect(readAmount(typed)).toBeUndefined();
  },
);

test.each([
  ['1234.50', 'EUR', '€1,234.50'],
  ['-3', 'USD', '-$3.00'],
  ['500', 'JPY', '¥500'],
  ['9007199254740993.01', 'EUR', '€9,007,199,254,740,993.01'],
])('%s %s is shown as %s, to the last cent', (amount, currency, text) => {
  expect(showAmount(amount, currency, 'en')).toBe(text);
});
