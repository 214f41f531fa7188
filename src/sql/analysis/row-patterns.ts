/** Row patterns: their labels, unions of labels, quantifiers, and where the search goes on after a match. */
import type { Identifier } from '../ast.ts'
import { type Position, SqlError } from '../position.ts'
import type { Pattern, Skip } from '../row-matching.ts'
import type { PatternRecognition, Quantifier, RowPattern } from '../trino/row-pattern-ast.ts'
import { labelName } from './pattern-env.ts'

export interface BoundPattern {
  readonly pattern: Pattern
  /** Labels in their places. */
  readonly primary: readonly string[]
  /** Of labels and unions: the places of the labels. */
  readonly labels: ReadonlyMap<string, readonly number[]>
  readonly skip: Skip
}

const invalidLabel = (text: string, at: Position): SqlError => new SqlError('INVALID_LABEL', text, at)

/** In the order in which Trino looks at the clauses. Throws INVALID_LABEL, INVALID_RANGE, NUMERIC_VALUE_OUT_OF_RANGE. */
export function bindRowPattern(
  recognition: Pick<PatternRecognition, 'pattern' | 'subsets' | 'definitions' | 'afterMatch'>,
): BoundPattern {
  const { pattern, subsets, definitions, afterMatch } = recognition
  const primary = [...new Set(labelsOf(pattern).map(labelName))]
  const labels = new Map<string, readonly number[]>(primary.map((label, place) => [label, [place]]))
  bindSubsets(subsets, labels)
  checkDefinitions(definitions, primary)
  checkQuantifiers(pattern)
  return { pattern: bindPattern(pattern, labels), primary, labels, skip: bindSkip(afterMatch, labels) }
}

function labelsOf(pattern: RowPattern): Identifier[] {
  switch (pattern.kind) {
    case 'label':
      return [pattern.name]
    case 'sequence':
    case 'alternation':
    case 'permutation':
      return pattern.items.flatMap(labelsOf)
    case 'exclusion':
    case 'quantified':
      return labelsOf(pattern.of)
    default:
      return []
  }
}

function bindSubsets(subsets: PatternRecognition['subsets'], labels: Map<string, readonly number[]>): void {
  const unions = new Map<string, readonly number[]>()
  for (const { name, elements } of subsets) {
    const label = labelName(name)
    if (labels.has(label))
      throw invalidLabel(
        `union pattern variable name: ${name.name} is a duplicate of primary pattern variable name`,
        name.at,
      )
    if (unions.has(label)) throw invalidLabel(`union pattern variable name: ${name.name} is declared twice`, name.at)
    const places = elements.map((element) => {
      const place = labels.get(labelName(element))
      if (!place) throw invalidLabel(`subset element: ${element.name} is not a primary pattern variable`, element.at)
      return place[0]!
    })
    unions.set(label, [...new Set(places)])
  }
  for (const [label, places] of unions) labels.set(label, places)
}

function checkDefinitions(definitions: PatternRecognition['definitions'], primary: readonly string[]): void {
  const defined = new Set<string>()
  for (const { name } of definitions) {
    const label = labelName(name)
    if (!primary.includes(label))
      throw invalidLabel(`defined variable: ${name.name} is not a primary pattern variable`, name.at)
    if (defined.has(label)) throw invalidLabel(`pattern variable with name: ${name.name} is defined twice`, name.at)
    defined.add(label)
  }
}

const MAX_COUNT = 2147483647

function checkQuantifiers(pattern: RowPattern): void {
  if (pattern.kind === 'quantified') checkQuantifier(pattern.quantifier)
  if ('items' in pattern) for (const item of pattern.items) checkQuantifiers(item)
  if ('of' in pattern) checkQuantifiers(pattern.of)
}

function checkQuantifier({ min, max, at }: Quantifier): void {
  const outOfRange = (text: string) => new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', `Pattern quantifier ${text}`, at)
  if (min > MAX_COUNT) throw outOfRange(`lower bound must not exceed ${MAX_COUNT}`)
  if (max === undefined) return
  if (max < 1) throw outOfRange('upper bound must be greater than or equal to 1')
  if (max > MAX_COUNT) throw outOfRange(`upper bound must not exceed ${MAX_COUNT}`)
  if (min > max) throw new SqlError('INVALID_RANGE', 'Pattern quantifier lower bound must not exceed upper bound', at)
}

function bindPattern(pattern: RowPattern, labels: ReadonlyMap<string, readonly number[]>): Pattern {
  const bind = (part: RowPattern) => bindPattern(part, labels)
  switch (pattern.kind) {
    case 'label':
      return { kind: 'label', label: labels.get(labelName(pattern.name))![0]! }
    case 'sequence':
    case 'alternation':
    case 'permutation':
      return { kind: pattern.kind, items: pattern.items.map(bind) }
    case 'exclusion':
      return { kind: 'exclusion', of: bind(pattern.of) }
    case 'quantified': {
      const { min, max, reluctant } = pattern.quantifier
      return { kind: 'repetition', of: bind(pattern.of), min, ...(max !== undefined && { max }), reluctant }
    }
    default:
      return { kind: pattern.kind }
  }
}

function bindSkip(skip: PatternRecognition['afterMatch'], labels: ReadonlyMap<string, readonly number[]>): Skip {
  if (!skip) return { kind: 'past-last-row' }
  if (!('label' in skip)) return { kind: skip.kind }
  const places = labels.get(labelName(skip.label))
  if (!places) throw invalidLabel(`${skip.label.name} is not a primary or union pattern variable`, skip.label.at)
  return { kind: skip.kind, labels: places }
}

/** The first part of the pattern that is of one of these kinds. */
export function partIn(pattern: RowPattern, kinds: readonly RowPattern['kind'][]): RowPattern | undefined {
  if (kinds.includes(pattern.kind)) return pattern
  const parts = 'items' in pattern ? pattern.items : 'of' in pattern ? [pattern.of] : []
  for (const part of parts) {
    const found = partIn(part, kinds)
    if (found) return found
  }
  return undefined
}
