import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpRequest } from '../protocol/http.ts'
import { isFromForeignPage } from './foreign-page.ts'

const foreign = (method: string, headers: Readonly<Record<string, string>>, rawQuery = '') =>
  isFromForeignPage({ method, headers, rawQuery } as HttpRequest)

test('programs are never pages', () => {
  assert.equal(foreign('POST', {}), false)
  assert.equal(foreign('GET', {}, 'Action=ListUsers'), false)
})

test('pages of this machine may do what they are signed for', () => {
  for (const origin of ['http://localhost:3000', 'http://127.0.0.1:4566', 'http://[::1]:8080', 'https://app.localhost'])
    assert.equal(foreign('PUT', { origin, 'sec-fetch-site': 'cross-site' }), false, origin)
})

test('a page whose name was made to lead here is from elsewhere', () => {
  const agent = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }
  for (const host of ['evil.example', 'evil.example:4566', '127.evil.example', 'localhost.evil.example'])
    assert.equal(foreign('GET', { host, ...agent }), true, host)
  for (const host of ['127.0.0.1:4566', 'localhost:4566', 'bucket.localhost', '[::1]:4566'])
    assert.equal(foreign('GET', { host, ...agent }), false, host)
})

test('pages from elsewhere may read what they were given an address of, and change nothing', () => {
  for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://127.evil.example'])
    assert.equal(foreign('POST', { origin }), true, origin)
  assert.equal(foreign('POST', { 'sec-fetch-site': 'cross-site' }), true)
  assert.equal(foreign('GET', { 'sec-fetch-site': 'cross-site' }, 'X-Amz-Date=1'), false)
  assert.equal(foreign('GET', { 'sec-fetch-site': 'cross-site' }, 'Version=1&Action=CreateUser'), true)
})
