/** All queries that are asked of both, by topic. */
import { aggregateCases } from '../semantics/cases/aggregates.ts'
import { arithmeticCases } from '../semantics/cases/arithmetic.ts'
import type { Case, QueryCase } from '../semantics/cases/case.ts'
import { castCases } from '../semantics/cases/casts.ts'
import { collectionCases } from '../semantics/cases/collections.ts'
import { conditionCases } from '../semantics/cases/conditions.ts'
import { dateCases } from '../semantics/cases/dates.ts'
import { fineMomentTextCases, fineMomentTextFailures } from '../semantics/cases/fine-moment-texts.ts'
import { fineMomentCases, fineMomentFailures } from '../semantics/cases/fine-moments.ts'
import { jsonCases } from '../semantics/cases/json.ts'
import { queryCases } from '../semantics/cases/queries.ts'
import { checksumCases, rareCases } from '../semantics/cases/rare.ts'
import { rowPatternFailures } from '../semantics/cases/row-pattern-failures.ts'
import { rowPatternCases } from '../semantics/cases/row-patterns.ts'
import { scopeFailures } from '../semantics/cases/scope-failures.ts'
import { scopeCases } from '../semantics/cases/scopes.ts'
import { sketchCases } from '../semantics/cases/sketches.ts'
import { sqlJsonCases } from '../semantics/cases/sql-json.ts'
import { stringCases } from '../semantics/cases/strings.ts'
import { wideDecimalCases, wideDecimalFailures } from '../semantics/cases/wide-decimals.ts'
import { windowFailures } from '../semantics/cases/window-failures.ts'
import { windowPatternFunctionCases } from '../semantics/cases/window-pattern-functions.ts'
import { windowPatternCases } from '../semantics/cases/window-patterns.ts'
import { ANALYTIC_QUERIES } from './analytic-queries.ts'
import { brokenStatements } from './broken-statements.ts'
import { functionQueries } from './sample-calls.ts'
import * as pairs from './type-pairs.ts'
import { windowPatternQueries } from './window-patterns.ts'

/** The statement's own moment, its user and its chance: nothing to compare. */
const UNPREDICTABLE =
  /\b(current_(date|time|timestamp|user|catalog|schema|path)|localtime|localtimestamp|now\(\)|random\(|rand\(|uuid\(\)|shuffle\(|version\(\)|TABLESAMPLE)/i

const written = (cases: readonly (Case | QueryCase)[], prefix: string): string[] =>
  cases.map(([sql]) => `${prefix}${sql}`)
const expressions = (cases: readonly Case[]) => written(cases, 'SELECT ')

const TOPICS: Readonly<Record<string, () => readonly string[]>> = {
  'written by hand': () => [
    ...[
      arithmeticCases,
      stringCases,
      castCases,
      dateCases,
      collectionCases,
      jsonCases,
      sqlJsonCases,
      conditionCases,
      rareCases,
    ].flatMap(expressions),
    ...written(aggregateCases, ''),
    ...written(sketchCases, ''),
    ...written(checksumCases, ''),
    ...written(queryCases, ''),
  ],
  'row patterns': () => [...rowPatternCases, ...rowPatternFailures].map(([sql]) => sql),
  'row patterns in windows': () => [
    ...[...windowPatternCases, ...windowPatternFunctionCases, ...windowFailures].map(([sql]) => sql),
    ...windowPatternQueries(),
  ],
  scopes: () => [...scopeCases, ...scopeFailures].map(([sql]) => sql),
  'moments finer than microseconds': () =>
    [...fineMomentCases, ...fineMomentTextCases, ...fineMomentFailures, ...fineMomentTextFailures].map(([sql]) => sql),
  'decimals of many digits': () => [...wideDecimalCases, ...wideDecimalFailures].map(([sql]) => sql),
  'functions by signature': functionQueries,
  'arithmetic of type pairs': pairs.arithmeticQueries,
  'comparisons of type pairs': pairs.comparisonQueries,
  'common types of type pairs': pairs.commonTypeQueries,
  'casts of type pairs': pairs.castQueries,
  'casts of text': pairs.textCastQueries,
  'aggregates by type': pairs.aggregateQueries,
  'analytic queries': () => ANALYTIC_QUERIES,
  'broken statements': brokenStatements,
}

export const topics: readonly string[] = Object.keys(TOPICS)

/** Without repetitions. */
export function queriesOf(topic: string): readonly string[] {
  return [...new Set(TOPICS[topic]!())].filter((sql) => !UNPREDICTABLE.test(sql))
}
