import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { identify } from '../../server/identity.ts';
import { readSettings } from '../../server/settings.ts';

test('D4: the commit is of the image, whatever its variables say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'frontend-'));
  const file = join(folder, 'COMMIT');
  await writeFile(file, 'abc\n');

  const identity = identify(readSettings({ VERSION: 'v2', ENV: 'ci', COMMIT: 'no', GIT_COMMIT: 'no' }), file);

  expect(identity).toEqual({ version: 'v2', commit: 'abc', environment: 'ci' });
  await rm(folder, { recursive: true });
});

test('outside an image the commit is unknown', () => {
  expect(identify(readSettings({}), join(tmpdir(), 'no such folder', 'COMMIT')).commit).toBe('unknown');
});
