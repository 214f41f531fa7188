/**
 * The development key is known to everyone, so any web page could sign a request with it and have its visitor's
 * browser send it to loopback. Browsers say where a request comes from; programs do not.
 */
import type { HttpReply, HttpRequest } from '../protocol/http.ts'

/** True for a request that a page from elsewhere made a browser send, and that may change something. */
export function isFromForeignPage(request: HttpRequest): boolean {
  const { origin, 'sec-fetch-site': site, host, 'user-agent': agent } = request.headers
  // A name of the page's own that was made to lead to loopback: to the browser we are then the page's own server.
  if (agent?.startsWith('Mozilla/') && !isLoopbackOrigin(`http://${host}`)) return true
  const reading = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
  if (!reading) return origin === undefined ? site === 'cross-site' : !isLoopbackOrigin(origin)
  // A query API acts on GET as well, and an image's address is sent without an origin.
  return site === 'cross-site' && /(?:^|&)Action=/.test(request.rawQuery)
}

/** `null` is what a sandboxed frame of any page says. */
function isLoopbackOrigin(origin: string): boolean {
  const hostname = URL.canParse(origin) ? new URL(origin).hostname : ''
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.[\d.]+$/.test(hostname)
  )
}

/** What such a page is told. */
export const foreignPage: HttpReply = {
  status: 403,
  headers: { 'content-type': 'text/plain' },
  body: 'The development key is known to everyone: requests that pages of other machines send are refused with it.\n',
}
