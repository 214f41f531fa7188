/** How the tests of a suite came out, as pytest reports it (`outcomes.py`): a line for each part of each test. */

export interface TestOutcome {
  /** As pytest names it: `tests/unit/test_athena.py::test_read[sqlite]`. */
  readonly test: string
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'expected'
  /** Why it failed or was skipped. */
  readonly message: string
}

interface Report extends TestOutcome {
  readonly when: 'setup' | 'call' | 'teardown'
}

/** A test has passed when all of its parts have; what failed first says why. */
export function testOutcomes(lines: string): readonly TestOutcome[] {
  const tests = new Map<string, TestOutcome>()
  for (const line of lines.split('\n')) {
    if (line === '') continue
    const { test, outcome, message } = JSON.parse(line) as Report
    const earlier = tests.get(test)
    if (!earlier || earlier.outcome === 'passed' || (outcome === 'failed' && earlier.outcome !== 'failed'))
      tests.set(test, { test, outcome, message })
  }
  return [...tests.values()]
}

export const isFailed = ({ outcome }: TestOutcome): boolean => outcome === 'failed'

/** The earlier outcomes, but of the tests that were run again the later ones. */
export function updated(earlier: readonly TestOutcome[], later: readonly TestOutcome[]): readonly TestOutcome[] {
  return [...new Map([...earlier, ...later].map((outcome) => [outcome.test, outcome])).values()]
}
