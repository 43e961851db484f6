import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PAGE = '<!doctype html><title>the page</title>';

/** A built page as Vite leaves one; `outside` of it lies a file that nobody may get. */
export async function makePages(): Promise<{ pages: string; remove: () => Promise<void> }> {
  const outside = await mkdtemp(join(tmpdir(), 'frontend-'));
  const pages = join(outside, 'public');
  await mkdir(join(pages, 'assets'), { recursive: true });
  await writeFile(join(outside, 'secret.txt'), 'secret');
  await writeFile(join(pages, 'index.html'), PAGE);
  await writeFile(join(pages, 'favicon.svg'), '<svg/>');
  await writeFile(join(pages, 'assets', 'index-abc.js'), 'export {};');
  return { pages, remove: () => rm(outside, { recursive: true }) };
}
