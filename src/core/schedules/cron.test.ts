import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCron } from './cron.ts'

const FROM = new Date('2024-02-28T10:07:30Z')

function first(expression: string, count = 3): string[] {
  const cron = parseCron(expression)
  const found: string[] = []
  for (let at: Date | undefined = FROM; found.length < count; ) {
    at = cron.next(at)
    if (!at) break
    found.push(at.toISOString().slice(0, 16))
  }
  return found
}

// docs: eventbridge ug, eb-scheduled-rule-pattern, examples; the moments are read off a calendar.
const EXAMPLES: readonly [string, string[]][] = [
  ['cron(0 10 * * ? *)', ['2024-02-29T10:00', '2024-03-01T10:00', '2024-03-02T10:00']],
  ['cron(15 12 * * ? *)', ['2024-02-28T12:15', '2024-02-29T12:15', '2024-03-01T12:15']],
  ['cron(0 18 ? * MON-FRI *)', ['2024-02-28T18:00', '2024-02-29T18:00', '2024-03-01T18:00']],
  ['cron(0 8 1 * ? *)', ['2024-03-01T08:00', '2024-04-01T08:00', '2024-05-01T08:00']],
  ['cron(0/15 * * * ? *)', ['2024-02-28T10:15', '2024-02-28T10:30', '2024-02-28T10:45']],
  ['cron(0/10 * ? * SAT,SUN *)', ['2024-03-02T00:00', '2024-03-02T00:10', '2024-03-02T00:20']],
  ['cron(0 0 L * ? *)', ['2024-02-29T00:00', '2024-03-31T00:00', '2024-04-30T00:00']],
  ['cron(0 9 ? * 2#1 *)', ['2024-03-04T09:00', '2024-04-01T09:00', '2024-05-06T09:00']],
  ['cron(0 9 ? * 6L *)', ['2024-03-29T09:00', '2024-04-26T09:00', '2024-05-31T09:00']],
  ['cron(0 9 30W * ? *)', ['2024-03-29T09:00', '2024-04-30T09:00', '2024-05-30T09:00']],
  ['cron(0 0 29 FEB ? *)', ['2024-02-29T00:00', '2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0 0 1 1 ? 2025)', ['2025-01-01T00:00']],
]
for (const [expression, moments] of EXAMPLES) test(expression, () => assert.deepEqual(first(expression), moments))

test('what is no expression', () => {
  const wrong = ['', '* * * * ? *', 'cron(* * * * *)', 'cron(* * * * * *)', 'cron(* * ? * ? *)', 'cron(60 * * * ? *)']
  for (const text of [...wrong, 'cron(a * * * ? *)', 'cron(5-1 * * * ? *)', 'cron(0/0 * * * ? *)', 'rate(5 minutes)'])
    assert.throws(() => parseCron(text), Error, text)
})
