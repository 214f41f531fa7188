/** `multipart/form-data` as it arrives (RFC 7578): fields are small and read whole, the file is not. */
import type { Readable } from 'node:stream'
import { AwsError } from '../../protocol/service.ts'

export interface FormPart {
  readonly name: string
  readonly filename?: string
  readonly contentType?: string
  /** To be read to its end before the next part is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>
}

const maxHeaderBytes = 16_384

const malformed = () =>
  new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.')

export function boundaryOf(contentType: string): string | undefined {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType)
  return match?.[1] ?? match?.[2]
}

export async function* formParts(body: Readable, boundary: string): AsyncGenerator<FormPart> {
  const source = new Source(body)
  try {
    yield* partsOf(source, Buffer.from(`\r\n--${boundary}`))
  } finally {
    await source.release()
  }
}

async function* partsOf(source: Source, delimiter: Buffer): AsyncGenerator<FormPart> {
  // What stands before the first delimiter is no part.
  await source.collect(delimiter, maxHeaderBytes)
  while (!(await source.startsWith('--'))) {
    const headers = (await source.collect(Buffer.from('\r\n\r\n'), maxHeaderBytes)).toString()
    const disposition = /content-disposition:[^\r\n]*/i.exec(headers)?.[0] ?? ''
    const name = /[; ]name="([^"]*)"/i.exec(disposition)?.[1]
    if (name === undefined) throw malformed()
    yield {
      name,
      filename: /filename="([^"]*)"/i.exec(disposition)?.[1],
      contentType: /content-type:\s*([^\r\n]*)/i.exec(headers)?.[1],
      bytes: source.until(delimiter),
    }
  }
}

/** The body as one run of bytes that is cut at delimiters. */
class Source {
  readonly #chunks: NodeJS.AsyncIterator<Uint8Array>
  /** The first delimiter may stand at the very beginning, without a line before it. */
  #held: Buffer = Buffer.from('\r\n')

  constructor(body: Readable) {
    // The server reads on, or hangs up, where a form is refused half-way: that is not decided here.
    this.#chunks = body.iterator({ destroyOnReturn: false })
  }

  async release(): Promise<void> {
    await this.#chunks.return?.()
  }

  /** Passes over the delimiter. Bytes that may begin one are held back until more have come. */
  async *until(delimiter: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#held.indexOf(delimiter)
      const end = at < 0 ? Math.max(this.#held.length - delimiter.length + 1, 0) : at
      if (end > 0) yield this.#held.subarray(0, end)
      this.#held = this.#held.subarray(at < 0 ? end : at + delimiter.length)
      if (at >= 0) return
      await this.#more()
    }
  }

  async collect(delimiter: Buffer, limit: number): Promise<Buffer> {
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of this.until(delimiter)) {
      length += piece.length
      if (length > limit) throw malformed()
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }

  async startsWith(text: string): Promise<boolean> {
    while (this.#held.length < text.length) await this.#more()
    return this.#held.subarray(0, text.length).toString('latin1') === text
  }

  async #more(): Promise<void> {
    const next = await this.#chunks.next()
    if (next.done) throw malformed()
    this.#held = this.#held.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#held, next.value])
  }
}
