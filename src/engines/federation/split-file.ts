/** The rows of one split, written as they come: no more than a batch of them lies in memory. */
import { setImmediate } from 'node:timers/promises'
import type { Connector, SourceScan, Split } from '../../core/federation/connector.ts'
import { storedName } from '../../core/federation/sources.ts'
import { columnType } from '../../core/queries/column-type.ts'
import { VectorFile } from '../vector-file.ts'
import type { SplitFile, SplitOutput } from './messages.ts'

/** The rows of a plan's sources take more room than one plan may have. */
export class NoRoom extends Error {}

/** Nothing is left of the file when it fails. */
export async function writeSplit(
  connector: Connector,
  scan: SourceScan,
  split: Split,
  { path, mostRows = Number.POSITIVE_INFINITY, mostBytes }: SplitOutput,
  signal: AbortSignal,
  onReceived: (bytes: number) => void,
): Promise<SplitFile> {
  const fields = scan.columns.map(({ type }, place) => ({ name: storedName(place), type: columnType(type) }))
  const file = new VectorFile(path, fields)
  let receivedBytes = 0
  try {
    for await (const batch of connector.read(scan, split, signal)) {
      file.add(batch.columns, batch.rows)
      receivedBytes += batch.receivedBytes
      onReceived(batch.receivedBytes)
      if (file.sizeBytes > mostBytes) throw new NoRoom()
      if (file.rows >= mostRows) break
      // A source that never waits would hear of no cancelling.
      await setImmediate()
      signal.throwIfAborted()
    }
    file.end()
  } catch (error) {
    file.discard()
    throw error
  }
  const { rows, sizeBytes } = file
  return { rows, sizeBytes, receivedBytes }
}
