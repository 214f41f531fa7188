/** Windows whose frame is what a row pattern matches in it: what is asked of each is collected here. */
import type { Expr, WindowFrame, WindowSpec } from '../ast.ts'
import type { FunctionDefinition } from '../functions/definition.ts'
import type { Assignment, Column, Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { MatchAggregate, PatternFrame, RowMatching } from '../row-matching.ts'
import { BOOLEAN } from '../types.ts'
import type { Env, Windows } from './context.ts'
import { bindDefinitions, bindMeasures } from './pattern-clauses.ts'
import { labelName, PatternNames } from './pattern-env.ts'
import { type BoundPattern, bindRowPattern, partIn } from './row-patterns.ts'
import type { BoundSpec } from './window-specs.ts'

type Bind = (expr: Expr, env: Env) => Scalar

export interface PatternWindow {
  readonly spec: WindowSpec
  readonly bound: Pick<BoundSpec, 'partitionBy' | 'orderBy'>
  readonly frame: PatternFrame
  readonly pattern: BoundPattern
  readonly names: PatternNames
  readonly conditions: RowMatching['conditions']
  readonly results: readonly Assignment[]
  /** By their names, of which there should be one each. */
  readonly measures: ReadonlyMap<string, readonly Column[]>
  readonly functions: (MatchAggregate & { readonly expr: Expr })[]
}

/** The window with its pattern, made once for all that refers to it; undefined when it has none. */
export function patternWindow(
  spec: WindowSpec,
  bound: BoundSpec,
  windows: Windows,
  env: Env,
  bind: Bind,
): PatternWindow | undefined {
  if (!spec.frame?.recognition?.pattern) return undefined
  const known = windows.patterns.get(spec.frame)
  if (known) return known
  const made = bindPattern(spec, spec.frame, bound, { ...env, scope: windows.scope }, bind)
  windows.patterns.set(spec.frame, made)
  return made
}

function bindPattern(
  spec: WindowSpec,
  { recognition = {} }: WindowFrame,
  bound: BoundSpec,
  { context, scope }: Env,
  bind: Bind,
): PatternWindow {
  const { pattern: written, measures = [], subsets = [], definitions = [], afterMatch, mode } = recognition
  const pattern = bindRowPattern({ pattern: written!, subsets, definitions, ...(afterMatch && { afterMatch }) })
  const anchor = partIn(written!, ['partition-start', 'partition-end'])
  if (anchor) throw new SqlError('INVALID_ROW_PATTERN', 'Anchor pattern syntax is not allowed in window', anchor.at)
  const names = new PatternNames(pattern.labels, scope.fields, context.ids, true)
  const conditions = bindDefinitions(definitions, pattern.primary, names, context, bind)
  const results = bindMeasures(measures, names, context, bind)
  const byName = new Map<string, Column[]>()
  for (const [i, { column }] of results.entries()) {
    const name = labelName(measures[i]!.name)
    byName.set(name, [...(byName.get(name) ?? []), column])
  }
  return {
    spec,
    bound,
    frame: { end: bound.frame!.end, seek: mode?.kind === 'seek' },
    pattern,
    names,
    conditions,
    results: results.map((result) => whereMatched(result, names)),
    measures: byName,
    functions: [],
  }
}

/** A measure is NULL in a row without a match, whatever it is made of. */
function whereMatched({ column, of }: Assignment, { matchNumber }: PatternNames): Assignment {
  const number: Scalar = { kind: 'column', id: matchNumber.id, type: matchNumber.type }
  const isMatched: Scalar = { kind: 'not', of: { kind: 'is-null', of: number, type: BOOLEAN }, type: BOOLEAN }
  // biome-ignore lint/suspicious/noThenProperty: a branch of CASE
  return { column, of: { kind: 'case', whens: [{ when: isMatched, then: of }], type: of.type } }
}

const VALUES: ReadonlySet<string> = new Set(['first_value', 'last_value', 'nth_value'])

/** What looks at the frame looks at the match; undefined for functions that look at the partition. */
export function functionOverMatch(
  call: Pick<MatchAggregate, 'column' | 'function' | 'args'>,
  { kind, name }: FunctionDefinition,
  ignoreNulls: boolean,
): MatchAggregate | undefined {
  const all = { ...call, labels: [], final: true }
  if (kind === 'aggregate') return all
  return VALUES.has(name) ? { ...all, value: { ignoreNulls } } : undefined
}
