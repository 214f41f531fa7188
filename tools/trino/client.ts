/** Trino's REST protocol: a statement is posted, its results are fetched page by page until there is no next one. */
import { type ExactJson, ExactObject, NumberText, parseExactJson } from './exact-json.ts'

export interface TrinoColumn {
  readonly name: string
  /** `timestamp(3) with time zone`, `array(integer)`. */
  readonly type: string
  readonly signature: TypeSignature
}
/** The arguments of a type: types, numbers and names of fields. */
export interface TypeSignature {
  readonly base: string
  readonly arguments: readonly (TypeSignature | number | NamedSignature)[]
}
export interface NamedSignature {
  readonly field: string | undefined
  readonly type: TypeSignature
}
export interface TrinoAnswer {
  readonly columns: readonly TrinoColumn[]
  readonly rows: readonly (readonly ExactJson[])[]
}
export interface TrinoFailure {
  /** `DIVISION_BY_ZERO`. */
  readonly code: string
  readonly message: string
}

export interface TrinoSession {
  readonly url: string
  readonly catalog: string
  readonly schema: string
  /** Session properties: `name=value`, with commas between them. */
  readonly properties?: string
}
const PAGE_LIMIT_MS = 120_000

/** Errors of the transport are thrown, those of the statement returned. */
export async function queryTrino(session: TrinoSession, sql: string): Promise<TrinoAnswer | TrinoFailure> {
  const headers = {
    'X-Trino-User': 'tester',
    'X-Trino-Source': 'lentic',
    'X-Trino-Catalog': session.catalog,
    'X-Trino-Schema': session.schema,
    'X-Trino-Time-Zone': 'UTC',
    'X-Trino-Session': session.properties ?? '',
    // Without it, times and timestamps come without their precision.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
  }
  let columns: readonly TrinoColumn[] = []
  const rows: (readonly ExactJson[])[] = []
  let page = await fetchPage(`${session.url}/v1/statement`, { method: 'POST', headers, body: sql })
  for (;;) {
    const error = page.get('error')
    if (error instanceof ExactObject)
      return { code: String(error.get('errorName')), message: String(error.get('message') ?? '') }
    const described = page.get('columns')
    if (Array.isArray(described)) columns = described.map(readColumn)
    const data = page.get('data')
    if (Array.isArray(data)) for (const row of data) rows.push(row as readonly ExactJson[])
    const next = page.get('nextUri')
    if (typeof next !== 'string') return { columns, rows }
    page = await fetchPage(next, { headers })
  }
}

async function fetchPage(url: string, init: RequestInit): Promise<ExactObject> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(PAGE_LIMIT_MS) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status} of ${url}: ${text}`)
  const page = parseExactJson(text)
  if (!(page instanceof ExactObject)) throw new Error(`no object at ${url}`)
  return page
}

function readColumn(column: ExactJson): TrinoColumn {
  const { name, type, typeSignature } = fields(column)
  return { name: String(name), type: String(type), signature: readSignature(typeSignature!) }
}

function readSignature(json: ExactJson): TypeSignature {
  const { rawType, arguments: args } = fields(json)
  return { base: String(rawType), arguments: (args as readonly ExactJson[]).map(readArgument) }
}

function readArgument(json: ExactJson): TypeSignature['arguments'][number] {
  const { kind, value } = fields(json)
  if (value instanceof NumberText) return Number(value.text)
  if (kind !== 'NAMED_TYPE') return readSignature(value!)
  const { fieldName, typeSignature } = fields(value!)
  const field = fieldName instanceof ExactObject ? String(fieldName.get('name')) : undefined
  return { field, type: readSignature(typeSignature!) }
}

function fields(json: ExactJson): Readonly<Record<string, ExactJson | undefined>> {
  if (!(json instanceof ExactObject)) throw new Error('an object was expected')
  return Object.fromEntries(json.entries)
}
