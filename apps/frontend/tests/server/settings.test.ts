import { expect, test } from 'vitest';

import { readSettings } from '../../server/settings.ts';

test('without a variable it serves on port 3000, drains for no time and hands nothing on', () => {
  expect(readSettings({})).toMatchObject({
    host: '0.0.0.0',
    port: 3000,
    environment: 'unknown',
    version: 'unreleased',
    drainSeconds: 0,
    apiOrigin: undefined,
  });
});

test('a variable that compose hands on empty counts as none', () => {
  expect(readSettings({ API_ORIGIN: '', PORT: ' ', VERSION: '' })).toEqual(readSettings({}));
});

test.each(['http://backend:8000', 'http://backend:8000/', 'https://api.internal'])(
  '%s is an origin',
  (text) => {
    expect(readSettings({ API_ORIGIN: text }).apiOrigin).toBe(text.replace(/\/$/, ''));
  },
);

test.each([
  'backend:8000',
  'http://backend/api',
  'ftp://backend',
  'http://backend?x=1',
  'http://',
  'http://u:p@backend',
])('%s is none, and the message does not repeat it', (text) => {
  expect(() => readSettings({ API_ORIGIN: text })).toThrow(
    'API_ORIGIN is not an origin: give scheme, host and port, as http://backend:8000',
  );
});

test('all that is wrong is said at once', () => {
  expect(() => readSettings({ PORT: 'web', DRAIN_SECONDS: '-1' })).toThrow(
    'PORT is "web": give a number from 0 to 65535; DRAIN_SECONDS is "-1": give seconds, 0 or more',
  );
});

test.each(['70000', '-1', '3000.5', 'NaN'])('PORT=%s is refused', (text) => {
  expect(() => readSettings({ PORT: text })).toThrow(`PORT is "${text}"`);
});

test.each(['Infinity', 'soon'])('DRAIN_SECONDS=%s is refused', (text) => {
  expect(() => readSettings({ DRAIN_SECONDS: text })).toThrow(`DRAIN_SECONDS is "${text}"`);
});
