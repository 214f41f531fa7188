/** What every wire needs to know of an error before it writes it. */
import type { Model, StructureShape } from '../schema.ts'
import { AwsError } from '../service.ts'
import { XmlError } from '../xml.ts'
import { Malformed } from './scalars.ts'

export interface ErrorFacts {
  readonly shape?: StructureShape
  /** The name in `__type`. */
  readonly name: string
  /** The code of the query and XML protocols. */
  readonly code: string
  readonly status: number
  /** Whose fault it is, as the query protocol says it. */
  readonly side: 'Sender' | 'Receiver'
}

export function errorFacts(model: Model, error: AwsError): ErrorFacts {
  const shape = model.errors.get(error.code)
  const status = shape?.error?.status ?? error.status
  return {
    shape,
    name: shape?.name ?? error.code,
    code: shape?.error?.code ?? error.code,
    status,
    side: status >= 500 ? 'Receiver' : 'Sender',
  }
}

/** For clients that still read the codes of the query protocol. */
export function queryErrorHeader(model: Model, facts: ErrorFacts): Record<string, string> {
  return model.queryCompatible ? { 'x-amzn-query-error': `${facts.code};${facts.side}` } : {}
}

/** Runs a reader; what it cannot read becomes `code`, with `message` or with what the reader says. */
export function reading<T>(code: string, work: () => T, message?: string): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof XmlError)) throw error
    throw new AwsError(code, message ?? error.message)
  }
}
