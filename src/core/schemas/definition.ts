/**
 * Schema definitions of the registry: what a text must be in its format, when two are the same, and which versions of a
 * schema can follow which. Keeps nothing; what is kept is `registry`. docs: glue dg, schema-registry.
 */
import { createHash } from 'node:crypto'
import { avroIncompatibility } from '../../formats/schemas/avro-compatibility.ts'
import { avroDefinition } from '../../formats/schemas/avro-definition.ts'
import { jsonIncompatibility } from '../../formats/schemas/json-compatibility.ts'
import { jsonDefinition } from '../../formats/schemas/json-definition.ts'
import { protobufIncompatibility } from '../../formats/schemas/protobuf-compatibility.ts'
import { protobufDefinition } from '../../formats/schemas/protobuf-definition.ts'
import { protobufTokens } from '../../formats/schemas/protobuf-tokens.ts'

export type SchemaFormat = 'AVRO' | 'JSON' | 'PROTOBUF'
export type Compatibility =
  | 'NONE'
  | 'DISABLED'
  | 'BACKWARD'
  | 'BACKWARD_ALL'
  | 'FORWARD'
  | 'FORWARD_ALL'
  | 'FULL'
  | 'FULL_ALL'

interface Format {
  /** Throws Error with what is wrong. */
  check(text: string): unknown
  /** Why data of `writer` cannot be read by `reader`; undefined when it can. */
  incompatibility(reader: string, writer: string): string | undefined
  /** Equal for definitions that differ in blanks, comments or the order of members only. */
  canonical(text: string): string
}

const FORMATS: Readonly<Record<SchemaFormat, Format>> = {
  AVRO: {
    check: avroDefinition,
    incompatibility: (reader, writer) => avroIncompatibility(avroDefinition(reader), avroDefinition(writer)),
    canonical: (text) => sortedText(JSON.parse(text)),
  },
  JSON: {
    check: jsonDefinition,
    incompatibility: (reader, writer) => jsonIncompatibility(jsonDefinition(reader), jsonDefinition(writer)),
    canonical: (text) => sortedText(JSON.parse(text)),
  },
  PROTOBUF: {
    check: protobufDefinition,
    incompatibility: (reader, writer) =>
      protobufIncompatibility(protobufDefinition(reader), protobufDefinition(writer)),
    canonical: (text) => JSON.stringify(protobufTokens(text).map((token) => [token.kind, token.text])),
  },
}

/** What is wrong with it; undefined when nothing is. */
export function definitionFault(format: SchemaFormat, text: string): string | undefined {
  try {
    FORMATS[format].check(text)
    return format !== 'PROTOBUF' && levelsOf(text) > MOST_LEVELS ? TOO_DEEP : undefined
  } catch (error) {
    // A definition that is nested beyond all measure is no bug of ours either.
    return error instanceof RangeError ? TOO_DEEP : (error as Error).message
  }
}

const TOO_DEEP = 'it is nested too deeply'
/** More than any has, and few enough for whatever walks through what is kept. */
const MOST_LEVELS = 500

/** How deeply lists and objects of JSON lie in each other. */
function levelsOf(json: string): number {
  let [levels, most] = [0, 0]
  for (const [found] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (found === '[' || found === '{') most = Math.max(most, ++levels)
    else if (found === ']' || found === '}') levels--
  }
  return most
}

export function definitionHash(format: SchemaFormat, text: string): string {
  return createHash('sha256').update(FORMATS[format].canonical(text)).digest('hex')
}

/** Why a definition cannot follow the earlier ones (the latest last) under the mode; undefined when it can. */
export function compatibilityFault(
  format: SchemaFormat,
  mode: Compatibility,
  definition: string,
  earlier: readonly string[],
): string | undefined {
  if (mode === 'NONE' || mode === 'DISABLED') return undefined
  const [direction, all] = mode.split('_')
  for (const one of all ? earlier : earlier.slice(-1)) {
    const backward = direction === 'FORWARD' ? undefined : incompatibility(format, definition, one)
    const forward = direction === 'BACKWARD' ? undefined : incompatibility(format, one, definition)
    if (backward !== undefined) return `data of an earlier version cannot be read: ${backward}`
    if (forward !== undefined) return `an earlier version cannot read its data: ${forward}`
  }
  return undefined
}

function incompatibility(format: SchemaFormat, reader: string, writer: string): string | undefined {
  try {
    return FORMATS[format].incompatibility(reader, writer)
  } catch (error) {
    // References may lead round in circles that are never twice the same.
    if (error instanceof RangeError) return 'it cannot be told'
    throw error
  }
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
