import { invalidRequest } from './faults.ts'

const MOST_BYTES = 128

/**
 * The token of a request that acts once, however often it is sent. AWS's clients make one up; who is none of them must
 * bring one (observed, with both messages; that a character counts as its UTF-8 bytes above too).
 */
export function requestToken(token: string | undefined): string {
  if (!token) throw invalidRequest('clientRequestToken is null or empty')
  if (Buffer.byteLength(token) > MOST_BYTES)
    throw invalidRequest(`clientRequestToken exceeds maximum allowed length ${MOST_BYTES}`)
  return token
}
