import { SourceError } from '../../core/federation/connector.ts'

/** What a server or the network says is the source's word. */
export function sourceFailure(error: unknown): SourceError {
  if (error instanceof SourceError) return error
  const { message, code } = error as NodeJS.ErrnoException
  // Where several addresses were tried, the message is empty.
  return new SourceError(untrusted(message) || code || String(error))
}

/** Node advises on its options where it does not trust a certificate. */
function untrusted(message: string): string {
  const [said, advice] = message.split('; if the root CA is installed locally')
  return advice === undefined ? message : `The certificate of the server is not trusted: ${said}`
}
