/**
 * What names mean in the DEFINE and MEASURES clauses of a row pattern: a column is one of the rows matched, `a.x` of
 * those with label `a`. Each becomes a column of the plan that the matching fills.
 */
import type { Identifier } from '../ast.ts'
import type { Column, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { MatchAggregate, RowChoice, RowReference } from '../row-matching.ts'
import { BIGINT, type Type, VARCHAR } from '../types.ts'
import type { Ids } from './context.ts'
import { type Field, resolveName } from './scope.ts'

/** A column or CLASSIFIER() that an argument names, and with which label. */
export interface PatternUse {
  readonly kind: 'column' | 'classifier'
  readonly label: string | undefined
  readonly at: Position
}

export interface PatternEnv {
  readonly names: PatternNames
  /** DEFINE knows only what has been matched so far. */
  readonly defining: boolean
  /** Which row of those with a label is meant; absent in the argument of an aggregate, which means each in turn. */
  readonly row?: Omit<RowChoice, 'labels'>
  /** What the argument at hand has named so far. */
  readonly uses: PatternUse[]
}

export const LAST_ROW: Omit<RowChoice, 'labels'> = { end: 'last', offset: 0, final: false, distance: 0 }

/** Quoted names keep their case, others are upper case. */
export const labelName = (identifier: Identifier): string =>
  identifier.quoted ? identifier.name : identifier.name.toUpperCase()

/** The labels of one pattern, the columns of its input, and what is read of both. */
export class PatternNames {
  /** Of each label, and of each union of labels: the places of the labels. */
  readonly labels: ReadonlyMap<string, readonly number[]>
  readonly references: RowReference[] = []
  readonly aggregates: MatchAggregate[] = []
  readonly classifier: Column
  readonly matchNumber: Column
  readonly input: readonly Field[]
  private readonly ids: Ids
  private readonly known = new Map<string, RowReference>()
  private readonly labelled = new Set<number>()
  /** A window has one match for each row, and no numbers for them. */
  readonly inWindow: boolean

  constructor(labels: ReadonlyMap<string, readonly number[]>, input: readonly Field[], ids: Ids, inWindow: boolean) {
    this.inWindow = inWindow
    this.labels = labels
    this.input = input.map(({ qualifier: _, ...field }) => field)
    this.ids = ids
    this.classifier = ids.column(VARCHAR)
    this.matchNumber = ids.column(BIGINT)
  }

  /** The column that `parts` (lower case) names without a label. */
  column(parts: readonly string[], at: Position): Field | undefined {
    return resolveName({ fields: this.input }, parts, at)
  }

  /** The value of a column, or of CLASSIFIER(), in the row that `env` means. */
  read(env: PatternEnv, of: Field | 'classifier', label: string | undefined, at: Position): Scalar {
    env.uses.push({ kind: of === 'classifier' ? 'classifier' : 'column', label, at })
    const type: Type = of === 'classifier' ? VARCHAR : of.column.type
    if (!env.row) {
      const column = of === 'classifier' ? this.classifier : of.column
      return { kind: 'column', id: column.id, type, at }
    }
    const labels = label === undefined ? [] : this.labels.get(label)!
    const row: RowChoice = { ...env.row, labels }
    const source = of === 'classifier' ? ({ kind: of } as const) : ({ kind: 'column', id: of.column.id } as const)
    const key = JSON.stringify([row, source])
    let reference = this.known.get(key)
    if (!reference) {
      reference = { column: this.ids.column(type), row, of: source }
      this.known.set(key, reference)
      this.references.push(reference)
    }
    if (label !== undefined) this.labelled.add(reference.column.id)
    return { kind: 'column', id: reference.column.id, type, at }
  }

  /** Whether the column has been read with a label before it. */
  isLabelled(id: number): boolean {
    return this.labelled.has(id)
  }
}

const inconsistent = (text: string, at: Position): SqlError => new SqlError('INVALID_ARGUMENTS', text, at)

/** One function reads the rows of one label: the label of `uses`, if they have one. Throws INVALID_ARGUMENTS. */
export function commonLabel(uses: readonly PatternUse[], name: string, at: Position): string | undefined {
  const columns = uses.filter((use) => use.kind === 'column')
  const classifiers = uses.filter((use) => use.kind === 'classifier')
  const labels = (some: readonly PatternUse[]) => new Set(some.map((use) => use.label))
  if (labels(columns).size > 1)
    throw inconsistent(
      `Column references inside argument of function ${name} must all either be prefixed with the same label or be not prefixed`,
      columns.find((use) => use.label !== undefined)!.at,
    )
  if (labels(classifiers).size > 1)
    throw inconsistent(
      `CLASSIFIER() calls inside argument of function ${name} must all either have the same label as the argument or have no arguments`,
      at,
    )
  if (labels(uses).size > 1)
    throw inconsistent(
      `Column references inside argument of function ${name} must all be prefixed with the same label that all CLASSIFIER() calls have as the argument`,
      at,
    )
  return uses[0]?.label
}
