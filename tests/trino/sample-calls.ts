/** Calls of every function of the registry with arguments made after its signatures. */
import type { FunctionDefinition } from '../../src/sql/functions/definition.ts'
import { geospatialFunctions } from '../../src/sql/functions/geospatial.ts'
import { functions } from '../../src/sql/functions/registry.ts'
import { type Pattern, parseSignature, type Signature } from '../../src/sql/functions/signature.ts'
import { typeName } from '../../src/sql/types.ts'
import { SAMPLE_VALUES } from './sample-values.ts'

/** Their values differ from call to call, or from server to server. */
const UNPREDICTABLE = /^(random|uuid|shuffle|version)$/
/** The SQL/JSON functions are called with clauses, not with the arguments of their entry. */
const CLAUSES = /^(json_(exists|value|query|object|array)|\$.*)$/

/** A plugin of Trino's that is not to be had where its coordinator is. */
const GEOSPATIAL: ReadonlySet<string> = new Set(geospatialFunctions.map(({ name }) => name))

export function functionQueries(): string[] {
  return functions
    .filter(({ name }) => !UNPREDICTABLE.test(name) && !CLAUSES.test(name) && !GEOSPATIAL.has(name))
    .flatMap((definition) =>
      definition.signatures.flatMap((text) => signatureQueries(definition, parseSignature(text))),
    )
}

function signatureQueries(definition: FunctionDefinition, signature: Signature): string[] {
  if (definition.kind === 'aggregate') return aggregateQueries(definition.name, signature)
  if (definition.kind === 'window') return windowQueries(definition.name, signature)
  const { name } = definition
  const queries: string[] = []
  for (const variant of [0, 1, 2]) {
    const args = argumentsOf(signature, variant)
    queries.push(variant === 0 ? columnCall(name, signature, args) : `SELECT ${name}(${args.join(', ')})`)
  }
  for (const [i, pattern] of signature.parameters.entries()) {
    if (pattern.kind === 'function') continue
    const args = argumentsOf(signature, 0)
    args[i] = 'NULL'
    queries.push(`SELECT ${name}(${args.join(', ')})`)
  }
  const first = argumentsOf(signature, 0)
  if (first.length > 0) queries.push(`SELECT ${name}(${['true', ...first].join(', ')})`)
  return queries
}

/** Lambdas stay where they are, every other argument comes from a column. */
function columnCall(name: string, { parameters }: Signature, args: readonly string[]): string {
  const columns = args.map((_, i) => `c${i}`)
  const isLambda = (i: number) => parameters[Math.min(i, parameters.length - 1)]?.kind === 'function'
  const values = args.map((arg, i) => ({ arg, name: columns[i]!, lambda: isLambda(i) }))
  const given = values.filter((value) => !value.lambda)
  const call = `${name}(${values.map((value) => (value.lambda ? value.arg : value.name)).join(', ')})`
  if (given.length === 0) return `SELECT ${call}`
  return `SELECT ${call} FROM (VALUES (${given.map((v) => v.arg).join(', ')})) t(${given.map((v) => v.name).join(', ')})`
}

function aggregateQueries(name: string, signature: Signature): string[] {
  const call = signature.parameters.map((pattern, i) =>
    pattern.kind === 'function' ? lambda(pattern, 0) : (constantArgument(name, signature, i) ?? `c${i}`),
  )
  const columns = signature.parameters.map((_, i) => `c${i}`)
  const rows = [0, 1, 1].map((variant) =>
    argumentsOf(signature, variant).map((arg, i) => (arg.includes('->') ? String(i) : arg)),
  )
  const missing = columns.map(() => 'NULL')
  const relation = `(VALUES ${[...rows, missing].map((row) => `(${['1', ...row].join(', ')})`).join(', ')}) t(${['g', ...columns].join(', ')})`
  const text = `${name}(${call.join(', ')})`
  return [
    `SELECT ${text} FROM ${relation}`,
    `SELECT ${text} FROM ${relation} WHERE g > 1`,
    `SELECT ${text} OVER () FROM ${relation}`,
    ...(call.length > 0 ? [`SELECT ${name}(DISTINCT ${call.join(', ')}) FROM ${relation}`] : []),
    `SELECT ${text} FILTER (WHERE g = 1) FROM ${relation} GROUP BY g`,
  ]
}

/** Numbers of buckets and the like have to be the same for every row. */
function constantArgument(name: string, signature: Signature, place: number): string | undefined {
  if (/^numeric_histogram|^approx_most_frequent/.test(name))
    return place === 0 ? '10' : place === 2 && name !== 'numeric_histogram' ? '100' : undefined
  if (/^(max|min)(_by)?$/.test(name) && typeOf(signature.parameters[place]!) === 'bigint') return '2'
  if (name === 'approx_percentile' && place === signature.parameters.length - 1)
    return signature.parameters[place]!.kind === 'array' ? 'ARRAY[0.1e0, 0.5e0]' : '0.5e0'
  if (name === 'approx_percentile' && place === 1) return '2'
  if (name === 'approx_distinct' && place === 1) return '0.01'
  if (name === 'listagg' && place === 1) return "','"
  return undefined
}
const typeOf = (pattern: Pattern): string | undefined => (pattern.kind === 'fixed' ? typeName(pattern.type) : undefined)

function windowQueries(name: string, signature: Signature): string[] {
  const args = signature.parameters.map((pattern, i) => (i === 0 && pattern.kind === 'variable' ? 'a' : '2'))
  const relation = '(VALUES (1, 1), (2, 1), (3, 4), (4, NULL)) t(b, a)'
  return [
    `SELECT b, ${name}(${args.join(', ')}) OVER (ORDER BY a) FROM ${relation}`,
    `SELECT b, ${name}(${args.join(', ')}) OVER (PARTITION BY a ORDER BY b DESC) FROM ${relation}`,
    `SELECT ${name}(${args.join(', ')}) FROM ${relation}`,
    `SELECT ${name}(${["DATE '2024-01-01'", ...args].join(', ')}) OVER (ORDER BY a) FROM ${relation}`,
  ]
}

function argumentsOf(signature: Signature, variant: number): string[] {
  const args = signature.parameters.map((pattern) => sample(pattern, variant))
  if (!signature.variadic) return args
  return [...args, sample(signature.parameters.at(-1)!, variant === 0 ? 1 : 0)]
}

function sample(pattern: Pattern, variant: number): string {
  switch (pattern.kind) {
    case 'fixed':
      return SAMPLE_VALUES[typeName(pattern.type)]?.[variant] ?? 'NULL'
    case 'variable':
      return SAMPLE_VALUES[variableType(pattern.name)]![variant]!
    case 'any':
      return SAMPLE_VALUES.integer![variant]!
    case 'sized':
      return SAMPLE_VALUES[SIZED[pattern.base]]![variant]!
    case 'array':
      return `ARRAY[${sample(pattern.element, variant)}, ${sample(pattern.element, variant === 0 ? 1 : 0)}]`
    case 'map':
      return `MAP(ARRAY[${sample(pattern.key, variant)}, ${sample(pattern.key, variant === 0 ? 1 : 0)}], ARRAY[${sample(pattern.value, variant)}, NULL])`
    case 'qdigest':
      return `(SELECT qdigest_agg(x) FROM (VALUES ${sample(pattern.value, variant)}, ${sample(pattern.value, 1)}) t(x))`
    case 'row':
      return `ROW(${pattern.fields.map((field) => sample(field.pattern, variant)).join(', ')})`
    case 'function':
      return lambda(pattern, variant)
  }
}
const SIZED = {
  varchar: 'varchar(3)',
  char: 'char(5)',
  decimal: 'decimal(5,2)',
  time: 'time(3)',
  'time with time zone': 'time(3) with time zone',
  timestamp: 'timestamp(6)',
  'timestamp with time zone': 'timestamp(3) with time zone',
} as const

/** Keys and elements are numbers, what they are mapped to is text. */
const variableType = (name: string): string => (/^[VUR]/.test(name) ? 'varchar(3)' : 'integer')

function lambda(pattern: Pattern & { kind: 'function' }, variant: number): string {
  const names = pattern.parameters.map((_, i) => `x${i}`)
  const head = names.length === 1 ? names[0]! : `(${names.join(', ')})`
  return `${head} -> ${lambdaBody(pattern, names, variant)}`
}

function lambdaBody({ parameters, result }: Pattern & { kind: 'function' }, names: readonly string[], variant: number) {
  if (typeOf(result) === 'boolean') return variant === 1 ? `${names[0]} IS NULL` : `${names.at(-1)} IS NOT NULL`
  if (typeOf(result) === 'bigint' && names.length === 2) return `IF(x0 < x1, -1, IF(x0 = x1, 0, 1))`
  const same = parameters.findLastIndex(
    (p) => p.kind === 'variable' && result.kind === 'variable' && p.name === result.name,
  )
  return same >= 0 ? names[same]! : sample(result, variant)
}
