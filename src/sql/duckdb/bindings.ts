/** Naming a value that a text uses more than once. */
import type { Printing } from './context.ts'

// Names, literals and casts of these may be repeated; anything longer is evaluated once under a name.
const CHEAP =
  /^(?:[cv]\d+z?(?:\.[a-z]\w*)?|-?\d+|'(?:[^']|'')*'|CAST\((?:c\d+|-?\d+|'(?:[^']|'')*'|NULL) AS [A-Z]+(?:\(\d+,\s?\d+\))?\)|TRUE|FALSE)$/
const MAX_REPEATED_LENGTH = 60
const VOLATILE = /\b(?:random|uuid)\(/
/** Columns and parameters: a letter and a number. A text without any is folded before it is evaluated. */
const VARYING = /\b[a-z]\d|\bjs_/
const MAX_CONSTANT_LENGTH = 300

function isCheap(sql: string): boolean {
  if (CHEAP.test(sql)) return true
  if (VOLATILE.test(sql) || sql.includes('(SELECT')) return false
  return sql.length <= (VARYING.test(sql) ? MAX_REPEATED_LENGTH : MAX_CONSTANT_LENGTH)
}

/**
 * `build` over names for `args`. DuckDB has no LET: a list of one is transformed by a lambda, whose parameter is the name.
 */
export function bindOnce(printing: Printing, args: readonly string[], build: (...names: string[]) => string): string {
  const costly = args.map((arg) => !isCheap(arg))
  const count = costly.filter(Boolean).length
  if (count === 0) return build(...args)
  const name = printing.fresh('v')
  if (count === 1) {
    const body = build(...args.map((arg, i) => (costly[i] ? name : arg)))
    return `list_transform([${args[costly.indexOf(true)]}], lambda ${name}: ${body})[1]`
  }
  const fields = args.map((arg, i) => (costly[i] ? `a${i} := ${arg}` : undefined)).filter(Boolean)
  const body = build(...args.map((arg, i) => (costly[i] ? `${name}.a${i}` : arg)))
  return `list_transform([struct_pack(${fields.join(', ')})], lambda ${name}: ${body})[1]`
}
