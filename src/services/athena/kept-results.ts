/** Results where they are kept: with Athena, in an object, or in one that the query has encrypted for itself. */
import { Fault } from '../../core/faults.ts'
import { envelopePermit } from '../../core/forwarding/forwarded-keys.ts'
import { openEnvelope, openedFrom, TAG_BYTES } from '../../core/keys/envelope.ts'
import type { Lake } from '../../core/lake.ts'
import { invalidRequest } from './faults.ts'
import { isManaged, managedSizeBytes, readManaged } from './managed-results.ts'
import type { QueryRun } from './query-executions.ts'

export interface KeptResult {
  /** As it is read. */
  readonly sizeBytes: number
  /** From a place before its end. */
  from(start: number): AsyncIterable<Uint8Array>
}

/** Undefined where there is none any more. Throws where its key can not be used. */
export async function keptResult(lake: Lake, run: QueryRun, uri: string): Promise<KeptResult | undefined> {
  if (isManaged(uri)) {
    const sizeBytes = await managedSizeBytes(lake, run, uri)
    return sizeBytes === undefined
      ? undefined
      : { sizeBytes, from: (start) => readManaged(lake, uri, { start, end: sizeBytes - 1 }) }
  }
  const file = lake.files.stat(uri)
  if (!file) return undefined
  // Whoever has put another object there may have encrypted it otherwise.
  const permit = envelopePermit(lake.forwarded)
  const envelope = file.envelope && opened(() => openEnvelope(lake.keys, run.spec, file.envelope!, { permit }))
  if (!envelope?.isAuthenticated)
    return {
      sizeBytes: file.sizeBytes,
      from: (start) => lake.files.read(uri, { start, end: file.sizeBytes - 1 }),
    }
  const sizeBytes = file.sizeBytes - TAG_BYTES
  return {
    sizeBytes,
    from: (start) => openedFrom(envelope, start, (at) => lake.files.read(uri, { start: at, end: sizeBytes - 1 })),
  }
}

function opened<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw invalidRequest(`Unable to decrypt query results: ${error.message || 'the key is gone'}`)
  }
}
