/** Table functions: `sequence` and `exclude_columns`, the two that Trino has built in, and those of catalogs. */
import type { Descriptor, Expr, TableArgument, TableExpr, TableFunctionArgument } from '../ast.ts'
import { canCoerce } from '../coercion.ts'
import { functionOf } from '../functions/registry.ts'
import type { Constant, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { CatalogFunction } from '../resolver.ts'
import { array, BIGINT, type Type, typeName, VARCHAR } from '../types.ts'
import { coerce } from './coercions.ts'
import { evaluate } from './constant.ts'
import { type Context, scalarEnv } from './context.ts'
import { bindExpression } from './expressions.ts'
import { constant } from './literals.ts'
import { located } from './located-errors.ts'
import { keepColumns } from './row-limits.ts'
import { type BoundRelation, EMPTY_SCOPE } from './scope.ts'

type Call = TableExpr & { kind: 'table-function' }
type Value = TableFunctionArgument['value']
type Answer = ReturnType<CatalogFunction['call']>

interface Binders {
  table(table: TableExpr): BoundRelation
  scan(answer: Answer): BoundRelation
}

/** Throws FUNCTION_NOT_FOUND for others. */
export function bindTableFunction(call: Call, context: Context, bind: Binders): BoundRelation {
  const parts = call.name.parts.map((part) => part.name.toLowerCase())
  const name = parts.join('.')
  switch (name) {
    case 'sequence':
      return bindSequence(call, context)
    case 'exclude_columns':
      return bindExcludeColumns(call, bind)
    default: {
      const found = located(() => context.resolver.tableFunction?.(parts), call.name.at)
      if (!found) throw new SqlError('FUNCTION_NOT_FOUND', `Table function ${name} not registered`, call.name.at)
      return bind.scan(answerOf(call, found, context))
    }
  }
}

function answerOf(call: Call, found: CatalogFunction, context: Context): Answer {
  const names = found.arguments.map((name) => name.toUpperCase())
  const told = argumentsOf(call, names)
  const values = names.map((name) => {
    const value = told.get(name)
    if (!value) throw missing(name, call.name.at)
    return constantArgument(name, value, VARCHAR, context) as string
  })
  return located(() => found.call(values), call.name.at)
}

/** By name or by place, never both. */
function argumentsOf({ args, name: callee }: Call, names: readonly string[]): ReadonlyMap<string, Value> {
  const byName = args.filter((arg) => arg.name)
  if (byName.length > 0 && byName.length < args.length)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      'All arguments must be passed by name or all must be passed positionally',
      callee.at,
    )
  if (args.length > names.length)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `Too many arguments. Expected at most ${names.length} arguments, got ${args.length} arguments`,
      callee.at,
    )
  const found = new Map<string, Value>()
  for (const [i, { name, value, at }] of args.entries()) {
    const key = name ? labelOf(name) : names[i]!
    if (!names.includes(key)) throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Unexpected argument name: ${key}`, at)
    if (found.has(key)) throw new SqlError('INVALID_ARGUMENTS', `Duplicate argument name: ${key}`, at)
    found.set(key, value)
  }
  return found
}

const labelOf = ({ name, quoted }: { readonly name: string; readonly quoted: boolean }): string =>
  quoted ? name : name.toUpperCase()

const missing = (name: string, at: Position): SqlError =>
  new SqlError('MISSING_ARGUMENT', `Missing argument: ${name}`, at)

/** From START (0 unless given) to STOP in steps of STEP (1 unless given), as bigints. */
function bindSequence(call: Call, context: Context): BoundRelation {
  const values = argumentsOf(call, ['START', 'STOP', 'STEP'])
  const read = (name: string, otherwise: bigint | undefined): bigint => {
    const value = values.get(name)
    if (value !== undefined) return wholeNumber(name, value, context)
    if (otherwise === undefined) throw missing(name, call.name.at)
    return otherwise
  }
  const [start, stop, step] = [read('START', 0n), read('STOP', undefined), read('STEP', 1n)]
  const limits = `for sequence [${start}, ${stop}]`
  if (start < stop && step <= 0n) throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Step must be positive ${limits}`)
  if (start > stop && step >= 0n) throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Step must be negative ${limits}`)
  const list: Scalar = {
    kind: 'call',
    function: functionOf('$numbers', [BIGINT, BIGINT, BIGINT], array(BIGINT)),
    args: [start, stop, step === 0n ? 1n : step].map((value) => constant(value, BIGINT)),
    type: array(BIGINT),
  }
  const column = context.ids.column(BIGINT)
  const items = [{ of: list, columns: [column] }]
  return {
    rel: { kind: 'unnest', input: { kind: 'single-row' }, items, outer: false },
    fields: [{ name: 'sequential_number', column }],
  }
}

const wholeNumber = (name: string, value: Value, context: Context): bigint =>
  constantArgument(name, value, BIGINT, context) as bigint

function constantArgument(name: string, value: Value, type: Type, context: Context): Constant {
  const { at } = value
  if (value.kind === 'table-argument' || value.kind === 'descriptor')
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `Invalid argument ${name}. Expected expression, got ${value.kind === 'descriptor' ? 'descriptor' : 'table'}`,
      at,
    )
  const of = bindExpression(value as Expr, scalarEnv(context, EMPTY_SCOPE, 'Table function argument', at))
  if (!canCoerce(of.type, type))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Table function argument ${name} must evaluate to a ${typeName(type)} (actual: ${typeName(of.type)})`,
      at,
    )
  const constant = evaluate(coerce(of, type), () => undefined)
  if (constant === undefined)
    throw new SqlError('EXPRESSION_NOT_CONSTANT', 'Constant expression cannot contain column references', at)
  if (constant === null) throw new SqlError('INVALID_FUNCTION_ARGUMENT', `${name} is null`)
  return constant
}

/** INPUT without its COLUMNS. */
function bindExcludeColumns(call: Call, bind: Binders): BoundRelation {
  const values = argumentsOf(call, ['INPUT', 'COLUMNS'])
  const [input, excluded] = [values.get('INPUT'), values.get('COLUMNS')]
  if (!input) throw missing('INPUT', call.name.at)
  if (!excluded) throw missing('COLUMNS', call.name.at)
  const { rel, fields } = bind.table(tableOf(input))
  const names = columnNames(excluded)
  const visible = fields.filter((field) => !field.hidden)
  const known = new Set(visible.map((field) => field.name?.toLowerCase()))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `Excluded columns: [${unknown.join(', ')}] not present in the table`,
    )
  const kept = visible.filter((field) => !names.includes(field.name?.toLowerCase() ?? ''))
  if (kept.length === 0) throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'All columns are excluded')
  return {
    rel: keepColumns(
      rel,
      kept.map((field) => field.column),
    ),
    fields: kept.map(({ qualifier: _, ...field }) => field),
  }
}

function tableOf(value: Value): TableArgument['relation'] {
  if (value.kind === 'table-argument') return value.relation
  throw new SqlError(
    'INVALID_FUNCTION_ARGUMENT',
    `Invalid argument INPUT. Expected table, got ${value.kind === 'descriptor' ? 'descriptor' : 'expression'}`,
    value.at,
  )
}

function columnNames(value: Value): readonly string[] {
  if (value.kind !== 'descriptor')
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `Invalid argument COLUMNS. Expected descriptor, got ${value.kind === 'table-argument' ? 'table' : 'expression'}`,
      value.at,
    )
  const { fields } = value as Descriptor
  if (fields.some((field) => field.type))
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'COLUMNS descriptor contains types')
  return fields.map((field) => field.name.name.toLowerCase())
}
