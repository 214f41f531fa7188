import { SourceError } from '../../core/federation/connector.ts'

/** What a server or the network says is the source's word. */
export function sourceFailure(error: unknown): SourceError {
  if (error instanceof SourceError) return error
  const { message, code } = error as NodeJS.ErrnoException
  // Where several addresses were tried, the message is empty.
  return new SourceError(message || code || String(error))
}
