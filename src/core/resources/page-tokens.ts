/** Tokens of pages, opaque to clients: a cursor behind a mark, so that one which nobody has given out is known as such. */
const MARK = 'page:'

/** Cursors may hold characters that a token must not. */
export const tokenOf = (cursor: string): string => Buffer.from(MARK + cursor).toString('base64url')

/** Undefined of what is no token. */
export function cursorIn(token: string): string | undefined {
  const text = Buffer.from(token, 'base64url').toString()
  const cursor = text.slice(MARK.length)
  return text.startsWith(MARK) && tokenOf(cursor) === token ? cursor : undefined
}
