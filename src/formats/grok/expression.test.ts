import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grokExpression } from './expression.ts'

const all = () => true

test('a reference is a group of its name, or of its pattern where none is given', () => {
  assert.deepEqual(grokExpression('%{WORD:First} %{INT} x', '', all), {
    pattern: String.raw`(?<g0>\b\w+\b) (?<g1>(?:[+-]?(?:[0-9]+))) x`,
    names: ['first', 'int'],
  })
})

test('only what is wanted is kept, and never what is UNWANTED; a type after the name says nothing', () => {
  assert.deepEqual(
    grokExpression('%{USER:who;string} %{NUMBER:n:int}', '', (name) => name === 'n'),
    {
      pattern: String.raw`(?:(?:[a-zA-Z0-9._-]+)) (?<g0>(?:(?:(?<![0-9.+-])(?>[+-]?(?:(?:[0-9]+(?:\.[0-9]+)?)|(?:\.[0-9]+))))))`,
      names: ['n'],
    },
  )
  assert.deepEqual(grokExpression('%{USER:who}', '', all).names, ['who'])
})

test('custom patterns come before the standard ones, and may be defined in place', () => {
  const custom = '# a comment\nPOSTFIX_QUEUEID [0-9A-F]{7,12}\n\nWORD w+\n'
  assert.equal(grokExpression('%{POSTFIX_QUEUEID:q}-%{WORD:w}', custom, all).pattern, '(?<g0>[0-9A-F]{7,12})-(?<g1>w+)')
  assert.deepEqual(grokExpression('(?:%{Bytes:bytes=%{WORD}{1,2}|-})(?<Own>a)', 'WORD w', all), {
    pattern: '(?:(?<g0>(?<g1>w){1,2}|-))(?<g2>a)',
    names: ['bytes', 'word', 'own'],
  })
})

test('every standard pattern is a regular expression, and means what its name says', () => {
  const matches = (format: string, text: string) => {
    const { pattern } = grokExpression(`^${format}$`, '', () => false)
    // Neither of these two has a meaning to JavaScript; the texts here do not depend on them.
    return new RegExp(pattern.replaceAll('(?>', '(?:').replace('(?i)', ''), 'i').test(text)
  }
  const samples: readonly [string, string, string][] = [
    ['%{IP}', '2001:db8::ff00:42:8329', '2001:db8::ff00::8329'],
    ['%{IP}', '::ffff:192.0.2.128', '192.0.2.300'],
    ['%{MAC}', '00-1B-44-11-3A-B7', '00-1B-44-11-3A'],
    ['%{TIMESTAMP_ISO8601}', '2017-09-12 12:10:34,972', '2017-13-12 12:10:34'],
    ['%{HTTPDATE}', '10/Oct/2000:13:55:36 -0700', '10/Okt/2000:13:55:36 -0700'],
    ['%{URI}', 'https://user@example.com:8080/a/b?x=1', 'https//example.com'],
    ['%{LOGLEVEL}', 'WARNING', 'LOUD'],
    ['%{QS}', String.raw`"a \" b"`, '"a'],
    ['%{UUID}', '123e4567-e89b-12d3-a456-426614174000', '123e4567'],
    ['%{PATH}', '/var/log/x.log', 'x'],
    ['%{DATESTAMP_RFC2822}', 'Mon, 7 Aug 2006 12:34:56 -0600', 'Mon 7 Aug 2006'],
    ['%{SYSLOGBASE}', 'Feb  9 07:15:00 m4eastmail postfix/smtpd[19305]:', 'Feb 9'],
    [
      '%{COMBINEDAPACHELOG}',
      '1.2.3.4 - bob [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.0" 200 - "-" "Mozilla"',
      '1.2.3.4',
    ],
  ]
  for (const [format, good, bad] of samples) {
    assert.ok(matches(format, good), `${format}: ${good}`)
    assert.ok(!matches(format, bad), `${format}: ${bad}`)
  }
})

test('what cannot be had is told', () => {
  assert.throws(() => grokExpression('%{NOSUCH:x}', '', all), /No definition for Grok pattern 'NOSUCH' found/)
  assert.throws(() => grokExpression('%{WORD', '', all), /not closed/)
  assert.throws(() => grokExpression('%{A}', 'A %{B}\nB %{A}', all), /without end/)
  const bomb = Array.from({ length: 40 }, (_, i) => `P${i} %{P${i + 1}}%{P${i + 1}}`).join('\n')
  assert.throws(() => grokExpression('%{P0}', `${bomb}\nP40 x`, all), /too long/)
})
