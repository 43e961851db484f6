import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// it names a language, nobody is asked there
const NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"';

let out: string;
let files: Map<string, string>;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'frontend-'));
  // as an environment's pipeline would run it: what it sets must not find its way into the page
  process.env['VITE_API'] = process.env['PUBLIC_URL'] = 'https://report.zitian.party';
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    configLoader: 'native',
    logLevel: 'error',
    build: { outDir: out, emptyOutDir: true },
  });
  const names = await readdir(out, { recursive: true, withFileTypes: true });
  const paths = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  files = new Map(
    await Promise.all(
      paths.map(async (path) => [path.slice(out.length + 1), await readFile(path, 'utf8')] as const),
    ),
  );
});

afterAll(async () => {
  await rm(out, { recursive: true });
});

test('M9: the bundle names no host, so that one image serves every environment', () => {
  const named = [...files].flatMap(([name, text]) =>
    [...text.replaceAll(NAMESPACE, '').matchAll(/https?:\/\/\S*|localhost|zitian|127\.0\.0\.1/g)].map(
      ([found]) => `${name}: ${found}`,
    ),
  );

  expect(named).toEqual([]);
});

test('it is the page with one script and one sheet, each with its hash in its name', () => {
  expect([...files.keys()].map((name) => name.replace(/-[\w-]{8}\./, '-HASH.')).sort()).toEqual([
    'assets/index-HASH.css',
    'assets/index-HASH.js',
    'favicon.svg',
    'index.html',
  ]);
});

test('the page has no script or style of its own, which its policy would not let run', () => {
  const page = files.get('index.html') ?? '';

  expect(page).toMatch(/<script type="module"[^>]* src="\/assets\/index-[\w-]+\.js"><\/script>/);
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/);
});

test('the API is asked at the origin of the page', () => {
  const script = [...files].find(([name]) => name.endsWith('.js'))?.[1];

  expect(script).toMatch(/["'`]\/api\/accounts["'`]/);
});
