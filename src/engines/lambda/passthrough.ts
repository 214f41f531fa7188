/**
 * Queries in the language of a function's source: what a function says of them among its capabilities, and how it is told
 * of one (the federation SDK's QueryPassthroughSignature).
 */
import type { SourceFunction } from '../../core/federation/connector.ts'
import type { ResponseOf } from '../../formats/federation/messages.ts'

export type Capabilities = ResponseOf<'GetDataSourceCapabilitiesResponse'>['capabilities']
/** By the names of arguments. */
export type PassthroughArguments = Readonly<Record<string, string>>

/** Each capability that tells the schema and the name of a function is one. */
export function passthroughFunctions(capabilities: Capabilities): SourceFunction[] {
  return Object.values(capabilities).flatMap((told) => {
    const properties = (what: string): readonly string[] =>
      told.find(({ subType }) => subType === `query_passthrough_${what}`)?.properties ?? []
    const [[schema], [name]] = [properties('schema'), properties('name')]
    return schema === undefined || name === undefined ? [] : [{ schema, name, arguments: properties('arguments') }]
  })
}

/** With the signature by which the function knows that it is meant. */
export function passthroughArguments(called: SourceFunction, values: readonly string[]): PassthroughArguments {
  const signature = `${called.schema}.${called.name}`.toUpperCase()
  return {
    schemaFunctionName: signature,
    ...Object.fromEntries(called.arguments.map((name, i) => [name, values[i]!])),
  }
}
