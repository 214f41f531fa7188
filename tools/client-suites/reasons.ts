/** Why tests of the suites fail. One that fails for none of these reasons fails the run. */
import type { TestOutcome } from './outcomes.ts'

export interface Reason {
  readonly suite: string
  /** What pytest calls the tests. */
  readonly test: RegExp
  readonly text: string
  /** They are about something that Lentic does not serve at all. */
  readonly isUnserved?: true
}

/** Of several, the first. */
export const reasonOf = (suite: string, { test }: TestOutcome): Reason | undefined =>
  REASONS.find((one) => one.suite === suite && one.test.test(test))

const SPARK = 'Spark sessions are refused with a typed error.'

export const REASONS: readonly Reason[] = [
  { suite: 'pyathena', test: /^tests\/pyathena\/spark\//, text: SPARK, isUnserved: true },
  {
    suite: 'pyathena',
    test: /::test_complex_unload_as_/,
    text: '`UNLOAD` to Parquet: Athena writes timestamps as INT96, Lentic as microseconds.',
  },
  {
    suite: 'pyathena',
    test: /::test_sign$/,
    text: 'It wants `https` in a presigned address, which is that of the endpoint.',
  },
  {
    suite: 'pyathena',
    test: /::test_info_file$/,
    text: 'It compares a time in microseconds with `Last-Modified`, which has seconds: it passes one time in many.',
  },
  { suite: 'awswrangler', test: /test_athena_spark\.py/, text: SPARK, isUnserved: true },
  {
    suite: 'dbt-athena',
    test: /test_empty\.py::TestAthenaEmptySeedFlag/,
    text: 'They want `dbt seed --empty`, which dbt-core 1.11 does not know.',
  },
]
