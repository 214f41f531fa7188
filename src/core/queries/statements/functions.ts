import { functions } from '../../../sql/functions/registry.ts'
import type { HiveStatement } from '../../../sql/hive/ast.ts'
import { likeMatcher } from '../../../sql/like.ts'
import { BOOLEAN, VARCHAR } from '../../../sql/types.ts'
import { NOTHING_SCANNED, type StatementOutcome } from '../outcome.ts'

/** One row an overload, by name; operators are no functions to a user. */
export function showFunctions(statement: Extract<HiveStatement, { kind: 'show-functions' }>): StatementOutcome {
  const matches = likeMatcher(statement.pattern ?? '%')
  const rows = functions
    .filter((f) => !f.name.startsWith('$') && matches(f.name))
    .flatMap((f) =>
      f.signatures.map((signature) => [
        f.name,
        ...signatureParts(signature),
        f.kind,
        String(f.deterministic ?? true),
        f.description,
      ]),
    )
    .sort((a, b) => (a[0]! < b[0]! ? -1 : a[0]! > b[0]! ? 1 : 0))
  const columns = ['Function', 'Return Type', 'Argument Types', 'Function Type', 'Deterministic', 'Description'].map(
    (name) => ({
      name,
      type: name === 'Deterministic' ? BOOLEAN : VARCHAR,
    }),
  )
  return { result: { kind: 'table', columns, rows }, statistics: NOTHING_SCANNED }
}

/** `substr(varchar, bigint) -> varchar` as result and arguments. */
function signatureParts(signature: string): [string, string] {
  const arrow = signature.lastIndexOf('->')
  const args = signature.slice(signature.indexOf('(') + 1, signature.lastIndexOf(')', arrow))
  return [signature.slice(arrow + 2).trim(), args.trim()]
}
