import { expect, test } from 'vitest';

import { showSize } from '../../src/rows.ts';

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1400, '1.4 kB'],
  [3_000_000, '3 MB'],
])('%i bytes are shown as %s', (bytes, text) => {
  expect(showSize(bytes)).toBe(text);
});
