/** Which operation a REST request addresses, by method, path, query and, where addresses are shared, headers. */
import type { Model, Operation } from './schema.ts'
import { AwsError } from './service.ts'

export interface RestMatch {
  readonly operation: Operation
  readonly labels: Readonly<Record<string, string>>
}

/** The operations of one method and path pattern; only query and headers tell them apart. */
interface Address {
  readonly pattern: RegExp
  readonly labels: readonly string[]
  readonly specificity: number
  readonly candidates: readonly Candidate[]
}

interface Candidate {
  readonly operation: Operation
  /** Required members in the query and the headers, which tell UploadPart from PutObject. */
  readonly queries: readonly string[]
  readonly headers: readonly string[]
}

type Headers = Readonly<Record<string, string>>

const tables = new WeakMap<Model, ReadonlyMap<string, readonly Address[]>>()

/** The operation a REST request addresses. Throws AwsError where a label is not valid percent-encoding. */
export function matchRest(
  model: Model,
  method: string,
  rawPath: string,
  query: URLSearchParams,
  headers: Headers,
): RestMatch | undefined {
  for (const address of addressesOf(model).get(method) ?? []) {
    const match = address.pattern.exec(rawPath)
    const operation = match && choose(address.candidates, query, headers)
    if (match && operation) return { operation, labels: decodeLabels(model, address.labels, match) }
  }
  return undefined
}

/**
 * Literals must hold, and the operation with most of them is meant (`?acl` before none). Among those, the one with
 * most of its required members present; if that is not all of them it is still the one meant, and validation says
 * what is missing.
 */
function choose(candidates: readonly Candidate[], query: URLSearchParams, headers: Headers): Operation | undefined {
  const named = query.get('x-id')
  let best: Operation | undefined
  let bestScore = Number.NEGATIVE_INFINITY
  for (const candidate of candidates) {
    const { operation } = candidate
    if (named ? operation.name !== named : operation.deprecated && best) continue
    if (!operation.http.literals.every(([name, value]) => hasLiteral(query, name, value))) continue
    const score = operation.http.literals.length * 1000 + presence(candidate, query, headers)
    if (score > bestScore) [best, bestScore] = [operation, score]
  }
  // A client that knows no such operation, or says it wrongly, is still routed by what it sends.
  return best ?? (named ? choose(candidates, withoutName(query), headers) : undefined)
}

function presence({ queries, headers: required }: Candidate, query: URLSearchParams, headers: Headers): number {
  const present =
    queries.filter((name) => query.has(name)).length + required.filter((name) => headers[name] !== undefined).length
  return present * 10 - (queries.length + required.length - present)
}

const hasLiteral = (query: URLSearchParams, name: string, value: string) =>
  query.has(name) && (value === '' || query.get(name) === value)

function withoutName(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query)
  rest.delete('x-id')
  return rest
}

function decodeLabels(model: Model, names: readonly string[], match: RegExpExecArray): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [index, name] of names.entries()) labels[name] = decodeLabel(model, match[index + 1]!)
  return labels
}

function decodeLabel(model: Model, raw: string): string {
  try {
    return decodeURIComponent(raw)
  } catch {
    if (model.wire === 'rest-xml') throw new AwsError('InvalidURI', "Couldn't parse the specified URI.")
    throw new AwsError('SerializationException', 'The path is not valid percent-encoded UTF-8')
  }
}

function addressesOf(model: Model): ReadonlyMap<string, readonly Address[]> {
  const known = tables.get(model)
  if (known) return known
  const table = buildTable(model)
  tables.set(model, table)
  return table
}

function buildTable(model: Model): ReadonlyMap<string, readonly Address[]> {
  const table = new Map<string, Address[]>()
  const byAddress = Map.groupBy(model.operations.values(), ({ http }) => `${http.method} ${http.path}`)
  for (const operations of byAddress.values()) {
    const { method, path } = operations[0]!.http
    const live = operations.toSorted((a, b) => Number(a.deprecated) - Number(b.deprecated))
    const addresses = table.get(method) ?? []
    addresses.push({ ...compilePath(path), candidates: live.map(candidateOf) })
    table.set(method, addresses)
  }
  for (const addresses of table.values()) addresses.sort((a, b) => b.specificity - a.specificity)
  return table
}

function candidateOf(operation: Operation): Candidate {
  const required = operation.input?.locatedMembers.filter((member) => member.required) ?? []
  const named = (location: string) => required.filter((member) => member.location === location)
  const literals = new Set(operation.http.literals.map(([name]) => name))
  return {
    operation,
    queries: named('querystring')
      .map((member) => member.wireName ?? member.name)
      .filter((name) => !literals.has(name)),
    headers: named('header').map((member) => (member.wireName ?? member.name).toLowerCase()),
  }
}

/** Matches the path as sent; a `/` at its end is free, since models and clients disagree on it. */
function compilePath(path: string): Pick<Address, 'pattern' | 'labels' | 'specificity'> {
  const labels: string[] = []
  let source = '^'
  let specificity = 0
  for (const segment of path
    .replace(/(.)\/$/, '$1')
    .split('/')
    .slice(1)) {
    source += '/'
    for (const part of segment.split(/({\w+\+?})/)) {
      const label = /^{(\w+)(\+?)}$/.exec(part)
      if (label) labels.push(label[1]!)
      source += label ? (label[2] ? '(.+)' : '([^/]+)') : escapePattern(part)
      specificity += label ? (label[2] ? 0 : 1) : part === '' ? 0 : 3
    }
  }
  const greedy = path.endsWith('+}')
  return { pattern: new RegExp(`${source}${greedy || path === '/' ? '$' : '/?$'}`), labels, specificity }
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
