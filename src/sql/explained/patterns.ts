/** Row patterns in plans. */
import type { Pattern, RowMatching } from '../row-matching.ts'
import type { ExpressionTexts } from './expressions.ts'
import type { Symbols } from './symbols.ts'

/** Measures, and the pattern with its conditions, a line each. Rows of the match are named by how they are found. */
export function patternText(
  rel: RowMatching,
  symbols: Symbols,
  texts: ExpressionTexts,
): { readonly measures: readonly string[]; readonly conditions: readonly string[] } {
  for (const { column, row, of } of rel.references) {
    const source = of.kind === 'column' ? symbols.of(of.id) : 'classifier'
    const label = row.labels.map((place) => rel.labels[place]).join('|')
    const steps = row.distance === 0 ? '' : row.distance < 0 ? `, prev ${-row.distance}` : `, next ${row.distance}`
    const offset = row.offset === 0 ? '' : `, ${row.offset}`
    const mode = row.final ? 'final ' : ''
    symbols.name(column.id, `${mode}${row.end}(${label === '' ? '' : `${label}.`}${source}${offset}${steps})`)
  }
  symbols.name(rel.matchNumber.id, 'match_number')
  symbols.name(rel.classifier.id, 'classifier')
  for (const { column, function: fn, args, labels, final } of rel.aggregates) {
    const over = labels.map((place) => rel.labels[place]).join('|')
    symbols.name(
      column.id,
      `${final ? 'final ' : ''}${texts.aggregate(fn, args, false)}${over === '' ? '' : ` over ${over}`}`,
    )
  }
  const measures = rel.measures.map(({ column, of }) => {
    const text = texts.text(of)
    return `${symbols.name(column.id, 'measure')} := ${text}`
  })
  const conditions = rel.conditions.flatMap((condition, label) =>
    condition ? [`${rel.labels[label]} := ${texts.text(condition)}`] : [],
  )
  return {
    measures,
    conditions: [
      rowsText(rel, texts),
      `AFTER MATCH SKIP ${rel.skip.kind.replaceAll('-', ' ').toUpperCase()}`,
      `PATTERN (${text(rel.pattern, rel.labels)})`,
      ...conditions,
    ],
  }
}

function rowsText({ frame, rows }: RowMatching, texts: ExpressionTexts): string {
  if (!frame) return rows.each ? 'ALL ROWS PER MATCH' : 'ONE ROW PER MATCH'
  const extent = texts.frame({ unit: 'rows', start: { kind: 'current-row' }, end: frame.end })
  return `${extent} ${frame.seek ? 'SEEK' : 'INITIAL'}`
}

function text(pattern: Pattern, labels: readonly string[]): string {
  const list = (items: readonly Pattern[], separator: string) => items.map((item) => text(item, labels)).join(separator)
  switch (pattern.kind) {
    case 'label':
      return labels[pattern.label]!
    case 'empty':
      return '()'
    case 'partition-start':
      return '^'
    case 'partition-end':
      return '$'
    case 'sequence':
      return `(${list(pattern.items, ' ')})`
    case 'alternation':
      return `(${list(pattern.items, ' | ')})`
    case 'permutation':
      return `PERMUTE(${list(pattern.items, ', ')})`
    case 'exclusion':
      return `{- ${text(pattern.of, labels)} -}`
    case 'repetition':
      return `${text(pattern.of, labels)}{${pattern.min},${pattern.max ?? ''}}${pattern.reluctant ? '?' : ''}`
  }
}
