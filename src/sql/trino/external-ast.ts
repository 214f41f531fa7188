/** Functions that a statement declares, as written. */
import type { Identifier, Node, TypeName } from '../ast.ts'

/** `EXTERNAL FUNCTION name(text varchar) RETURNS varchar LAMBDA 'reference'` */
export interface ExternalDeclaration extends Node {
  readonly name: Identifier
  readonly parameters: readonly TypeName[]
  readonly returns: TypeName
  /** The name or ARN of a function of Lambda. */
  readonly lambda: string
}
