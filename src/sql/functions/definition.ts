/** What the registry knows of one function. */
export interface FunctionDefinition {
  /** Canonical name; engines key their own tables by it. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly kind: 'scalar' | 'aggregate' | 'window'
  /** See signature.ts for the notation. */
  readonly signatures: readonly string[]
  readonly description: string
  /** False when two calls with the same arguments may differ. */
  readonly deterministic?: false
}

type Extras = Pick<FunctionDefinition, 'aliases' | 'deterministic'>

function definition(
  kind: FunctionDefinition['kind'],
  name: string,
  description: string,
  parametersToResult: readonly string[],
  extras: Extras = {},
): FunctionDefinition {
  return { kind, name, description, signatures: parametersToResult.map((text) => `${name}${text}`), ...extras }
}

/** Each text starts at the parenthesis: `(array(E), bigint) -> E`. */
export const scalar = (name: string, description: string, texts: readonly string[], extras?: Extras) =>
  definition('scalar', name, description, texts, extras)
export const aggregate = (name: string, description: string, texts: readonly string[], extras?: Extras) =>
  definition('aggregate', name, description, texts, extras)
export const window = (name: string, description: string, texts: readonly string[], extras?: Extras) =>
  definition('window', name, description, texts, extras)
