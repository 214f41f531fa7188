/** Why Lentic's answer is not Trino's, where it is not: the first reason whose pattern fits tells. */
import type { Difference, Kind } from './comparison.ts'

export interface Reason {
  readonly title: string
  readonly text: string
  readonly kinds: readonly Kind[]
  /** Read against the query, Trino's answer and Lentic's, a line each. */
  readonly pattern: RegExp
}

export const REASONS: readonly Reason[] = [
  {
    title: 'Functions of a later Trino',
    text: '`array_first`, `array_last` and `bitwise_xor_agg` are in the documentation of Trino that Athena refers to, and not in 422.',
    kinds: ['answer', 'code'],
    pattern: /\b(array_first|array_last|bitwise_xor_agg)\(/,
  },
  {
    title: 'Times with a zone',
    text: `A cast to a varchar that is too short fails in 422 with an internal error; DISTINCT and GROUP BY tell equal instants of several offsets apart here.`,
    kinds: ['value', 'failure', 'code', 'answer', 'text'],
    pattern: /TIME '[\d:.]+ [+-]\d\d:\d\d'|time\(3\) with time zone|timezone_(hour|minute)/,
  },
  {
    title: 'Arrays, maps and rows that hold NULL',
    text: 'Trino refuses to order them by GREATEST, and to look for them by CONTAINS; an array that differs from another in nothing but a NULL is not equal here, and unknown there.',
    kinds: ['value', 'answer'],
    pattern: /ARRAY\[3, NULL\]|ARRAY\[NULL\]|ROW\(NULL/,
  },
  {
    title: 'Decimals of many digits',
    text: `Months beyond 32 bits are an internal error of 422; a cast to a whole number names the rounded value here, and the value there.`,
    kinds: ['failure', 'code', 'text', 'value', 'answer'],
    pattern: /^.*(DECIMAL '-?\d{30,}'|decimal\(38|DECIMAL '1234567890123456\.7891')/,
  },
  {
    title: "Trino's internal errors",
    text: 'What 422 reports as GENERIC_INTERNAL_ERROR (a slip of its own) has a proper error or answer here.',
    kinds: ['code', 'answer'],
    pattern: /^GENERIC_INTERNAL_ERROR: /m,
  },
  {
    title: 'What the parser expected',
    text: 'The place is the same, or a token away; the list of what could have followed is shorter or longer than the one that ANTLR computes. What is wrong inside of IN (...) is told there, as Athena tells it; 422 names IN. JSON_TABLE is named in it and does not run.',
    kinds: ['text', 'code'],
    pattern: /mismatched input|cannot be resolved.*\n.*cannot be resolved|Unknown type: interval/,
  },
  {
    title: 'Overloads in messages',
    text: 'The constraints of type variables are written as Trino documents them, not as each function declares them.',
    kinds: ['text'],
    pattern: /Unexpected parameters|not registered|FunctionType@/,
  },
  {
    title: 'Texts of errors at run time',
    text: `The name of the error is the same. The words lack what DuckDB does not report (the duplicate key), name the pattern as RE2 does, or the place less exactly.`,
    kinds: ['text'],
    pattern: /^.*\n(?!line \d+:\d+: )/,
  },
  {
    title: 'The overload of a lone NULL',
    text: 'concat_ws of one NULL is a choice of overloads that 422 does not make.',
    kinds: ['answer'],
    pattern: /concat_ws/,
  },
  {
    title: 'Numbers far out of range',
    text: `A real rounded at -2147483648 digits, or beyond 64 bits in a safe cast, right shifts of negative numbers of 8 and 16 bits, slices that end beyond 64 bits: Java wraps around or saturates.`,
    kinds: ['value', 'answer', 'failure', 'code'],
    pattern: /-2147483648\)|5000000000|9223372036854775807|3\.4028235E38|-0001-01-01|'1e400'/,
  },
  {
    title: 'NaN as an argument',
    text: `json_array_contains of text that is no JSON is false where NaN is looked for, and NULL here.`,
    kinds: ['value', 'answer', 'failure', 'code'],
    pattern: /nan\(\)/,
  },
  {
    title: 'Constant arguments checked although another is NULL',
    text: `fail with a NULL for its number is NULL.`,
    kinds: ['failure'],
    pattern: /\bNULL\b.*\n.*null.*\n(INVALID_FUNCTION_ARGUMENT|GENERIC_USER_ERROR)/,
  },
  {
    title: 'Names of errors, and times before 1970',
    text: `fail raises the error of the number that it is given; a zone that depends on the row and does not exist has another name here; times of timestamps before 1970 lack a second in 422.`,
    kinds: ['failure', 'code', 'answer', 'value'],
    pattern: /CAST\((a|'.*') AS [a-z]|Time zone not supported/,
  },
  {
    title: 'Correlated subqueries that Trino refuses',
    text: 'Some that it can not decorrelate run here.',
    kinds: ['answer'],
    pattern: /Given correlated subquery is not supported/,
  },
  {
    title: 'Aggregates over windows and of DISTINCT',
    text: 'max_by and min_by of n values over a window are NULL from the second row on in 422; the bytes of a quantile digest depend on the order in which distinct values came; of several maps with one key either value may stay; which of the distinct values is the arbitrary one, or the first of equals, is no promise; a state that differs by row has no meaning.',
    kinds: ['value', 'failure'],
    pattern:
      /OVER \(\)|(map_union|qdigest_agg|tdigest_agg|arbitrary|any_value|min_by|max_by)\(DISTINCT|reduce_agg|multimap_agg\(a, b\) FROM \(VALUES \(NULL/,
  },
  {
    title: 'Checksums of rows',
    text: 'The hashes of several fields are put together in another way; those of rows of one field agree.',
    kinds: ['value'],
    pattern: /checksum\(a\).*AS ROW\(/,
  },
  {
    title: 'Stems',
    text: 'There is no stemmer of Catalan and of Basque among the libraries that are kept.',
    kinds: ['failure'],
    pattern: /word_stem\([^)]*'(ca|eu)'\)/,
  },
  {
    title: 'JSON',
    text: 'json_array_get answers text that is no JSON in Trino (documented there as broken); json_array_contains of text that is no JSON is false there.',
    kinds: ['value'],
    pattern: /json_array_(get|contains)/,
  },
]

/** Undefined for what nobody has explained: it fails the suite. */
export function reasonOf({ kind, sql, trino, lentic }: Difference): Reason | undefined {
  const text = `${sql.replaceAll('\n', ' ')}\n${trino}\n${lentic}`
  return REASONS.find((reason) => reason.kinds.includes(kind) && reason.pattern.test(text))
}
