/** Which tables this reader can read: by the version and the features that their protocol asks of a reader. */
import type { Protocol } from './actions.ts'

const MOST_READER_VERSION = 3
const FEATURES: ReadonlySet<string> = new Set([
  'columnMapping',
  'deletionVectors',
  'timestampNtz',
  'typeWidening',
  'typeWidening-preview',
  'v2Checkpoint',
  'vacuumProtocolCheck',
])

/** What the table asks for and is not known here, in words; undefined where it can be read. */
export function unsupportedProtocol({ minReaderVersion, readerFeatures }: Protocol): string | undefined {
  if (minReaderVersion > MOST_READER_VERSION) return `Delta Lake reader version ${minReaderVersion}`
  const unknown = readerFeatures.filter((feature) => !FEATURES.has(feature))
  return unknown.length > 0 ? `Delta Lake reader features ${unknown.join(', ')}` : undefined
}
