/** A plan as indented text, one line per node: what tests of analysis look at. */
import type { Column, Constant, Frame, Rel, ResolvedFunction, Scalar, SortKey } from '../plan.ts'
import { typeName } from '../types.ts'

/** One line per node, inputs indented below; columns are `#id`. */
export function planText(rel: Rel): string {
  return lines(rel).join('\n')
}

const inner = (rel: Rel): string[] => lines(rel).map((line) => `  ${line}`)
const column = ({ id }: Column): string => `#${id}`
const typed = ({ id, type }: Column): string => `#${id}:${typeName(type)}`

function lines(rel: Rel): string[] {
  switch (rel.kind) {
    case 'scan':
      return [`Scan ${rel.relation} [${rel.columns.map((c) => `${typed(c)} := ${c.source}`).join(', ')}]`]
    case 'single-row':
      return ['SingleRow']
    case 'values':
      return [`Values [${rel.columns.map(typed).join(', ')}] ${rel.rows.length} rows`]
    case 'filter':
      return [`Filter ${scalarText(rel.predicate)}`, ...inner(rel.input)]
    case 'project':
      return [`Project [${rel.items.map(assignment).join(', ')}]`, ...inner(rel.input)]
    case 'join': {
      const on = rel.on ? ` on ${scalarText(rel.on)}` : ''
      return [`Join ${rel.type}${rel.lateral ? ' lateral' : ''}${on}`, ...inner(rel.left), ...inner(rel.right)]
    }
    case 'unnest': {
      const items = rel.items.map((item) => `${scalarText(item.of)} -> ${item.columns.map(typed).join(', ')}`)
      const ordinality = rel.ordinality ? ` ordinality ${typed(rel.ordinality)}` : ''
      return [`Unnest${rel.outer ? ' outer' : ''} [${items.join('; ')}]${ordinality}`, ...inner(rel.input)]
    }
    case 'aggregate':
      return [aggregateLine(rel), ...inner(rel.input)]
    case 'window': {
      const functions = rel.functions.map((one) => {
        const partition = one.partitionBy.length > 0 ? `partition by ${list(one.partitionBy)} ` : ''
        const order = one.orderBy.length > 0 ? `order by ${keysText(one.orderBy)} ` : ''
        const frame = one.frame ? frameText(one.frame) : ''
        return `${typed(one.column)} := ${callText(one.function, one.args)} over (${`${partition}${order}${frame}`.trim()})`
      })
      return [`Window [${functions.join(', ')}]`, ...inner(rel.input)]
    }
    case 'match':
      return [`PatternRecognition [${rel.measures.map(assignment).join(', ')}]`, ...inner(rel.input)]
    case 'sort':
      return [`Sort [${keysText(rel.keys)}]`, ...inner(rel.input)]
    case 'limit': {
      const offset = rel.offset === undefined ? '' : ` offset ${rel.offset}`
      return [`Limit ${rel.count ?? 'all'}${offset}${rel.withTies ? ' with ties' : ''}`, ...inner(rel.input)]
    }
    case 'distinct':
      return ['Distinct', ...inner(rel.input)]
    case 'set-operation':
      return [
        `${rel.op.toUpperCase()}${rel.all ? ' ALL' : ''} [${rel.columns.map(typed).join(', ')}]`,
        ...inner(rel.left),
        ...inner(rel.right),
      ]
    case 'sample':
      return [`Sample ${rel.method} ${rel.percentage}%`, ...inner(rel.input)]
    case 'with':
      return [
        'With',
        ...rel.queries.flatMap((cte) => [
          `  Query ${cte.id}${cte.step ? ' recursive' : ''} [${cte.columns.map(typed).join(', ')}]`,
          ...inner(cte.query).map((line) => `  ${line}`),
          ...(cte.step ? ['    Step', ...inner(cte.step).map((line) => `    ${line}`)] : []),
        ]),
        ...inner(rel.body),
      ]
    case 'cte-ref':
      return [`Reference ${rel.cte} [${rel.columns.map(typed).join(', ')}]`]
  }
}

const assignment = ({ column: c, of }: { readonly column: Column; readonly of: Scalar }): string =>
  of.kind === 'column' && of.id === c.id ? column(c) : `${typed(c)} := ${scalarText(of)}`

function aggregateLine(rel: Rel & { kind: 'aggregate' }): string {
  const keys = rel.keys.map(assignment).join(', ')
  const sets = rel.sets ? ` sets (${rel.sets.map((set) => `(${set.join(', ')})`).join(', ')})` : ''
  const aggregates = rel.aggregates.map((one) => {
    const order = one.orderBy.length > 0 ? ` order by ${keysText(one.orderBy)}` : ''
    const filter = one.filter ? ` filter ${scalarText(one.filter)}` : ''
    return `${typed(one.column)} := ${callText(one.function, one.args, one.distinct ? 'distinct ' : '')}${order}${filter}`
  })
  const groupings = rel.groupings.map((one) => `${typed(one.column)} := grouping(${one.keys.join(', ')})`)
  return `Aggregate [${keys}]${sets} [${[...aggregates, ...groupings].join(', ')}]`
}

function keysText(keys: readonly SortKey[]): string {
  return keys
    .map((key) => `${scalarText(key.of)}${key.descending ? ' desc' : ''}${key.nullsFirst ? ' nulls first' : ''}`)
    .join(', ')
}

function frameText(frame: Frame): string {
  const bound = (b: Frame['start']) => ('value' in b ? `${scalarText(b.value)} ${b.kind}` : b.kind)
  return `${frame.unit} ${bound(frame.start)} to ${bound(frame.end)}`
}

const callText = (fn: ResolvedFunction, args: readonly Scalar[], before = ''): string =>
  `${fn.name}(${before}${list(args)})`
const list = (scalars: readonly Scalar[]): string => scalars.map(scalarText).join(', ')

export function scalarText(scalar: Scalar): string {
  switch (scalar.kind) {
    case 'constant':
      return constantText(scalar.value)
    case 'column':
      return `#${scalar.id}`
    case 'call':
      return callText(scalar.function, scalar.args)
    case 'cast':
      return `${scalar.safe ? 'try_cast' : 'cast'}(${scalarText(scalar.of)} as ${typeName(scalar.type)})`
    case 'and':
    case 'or':
      return `(${scalar.terms.map(scalarText).join(` ${scalar.kind} `)})`
    case 'not':
      return `not(${scalarText(scalar.of)})`
    case 'is-null':
      return `is_null(${scalarText(scalar.of)})`
    case 'case': {
      const whens = scalar.whens.map((w) => ` when ${scalarText(w.when)} then ${scalarText(w.then)}`).join('')
      return `case${whens}${scalar.otherwise ? ` else ${scalarText(scalar.otherwise)}` : ''} end`
    }
    case 'coalesce':
      return `coalesce(${list(scalar.items)})`
    case 'nullif':
      return `nullif(${scalarText(scalar.left)}, ${scalarText(scalar.right)})`
    case 'try':
      return `try(${scalarText(scalar.of)})`
    case 'in':
      return `in(${scalarText(scalar.of)}; ${list(scalar.items)})`
    case 'row':
      return `row(${list(scalar.items)})`
    case 'array':
      return `[${list(scalar.items)}]`
    case 'field':
      return `${scalarText(scalar.of)}.${scalar.index}`
    case 'lambda':
      return `(${scalar.parameters.map(column).join(', ')}) -> ${scalarText(scalar.body)}`
    case 'scalar-query':
      return `subquery{${planText(scalar.query)}}`
    case 'exists':
      return `exists{${planText(scalar.query)}}`
    case 'in-query':
      return `in(${scalarText(scalar.of)}; {${planText(scalar.query)}})`
    case 'quantified':
      return `(${scalarText(scalar.of)} ${scalar.op} ${scalar.all ? 'all' : 'any'} {${planText(scalar.query)}})`
  }
}

function constantText(value: Constant): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  return value instanceof Uint8Array ? `X'${Buffer.from(value).toString('hex')}'` : String(value)
}
