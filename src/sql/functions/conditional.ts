/** Functions whose meaning is the analyser's (`if`, `coalesce` ...) are not here: they are nodes of the plan. */
import { type FunctionDefinition, scalar } from './definition.ts'

export const conditionalFunctions: readonly FunctionDefinition[] = [
  scalar('greatest', 'Greatest argument; NULL when any is', ['(E...) E:orderable -> E']),
  scalar('least', 'Least argument; NULL when any is', ['(E...) E:orderable -> E']),
]
