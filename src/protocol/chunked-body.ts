/**
 * The `aws-chunked` content coding: a body in signed or unsigned chunks, with trailers after it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html, sigv4-streaming-trailers.html
 */
import { createHash, type Hash, hash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { AwsError } from './service.ts'
import { type ChunkSigning, equalText, hmac, mismatch } from './sigv4.ts'

const maxLineBytes = 16_384
const maxTrailers = 16
/** "The chunk size must be at least 8 KB. This applies to all chunks except the last one." */
const minChunkBytes = 8192
const emptyHash = hash('sha256', '', 'hex')

export interface ChunkedBodyOptions {
  /** Chunks must be signed, each after the one before. Absent: signatures are not looked at. */
  readonly signing?: ChunkSigning & { readonly accessKeyId: string }
  /** `x-amz-decoded-content-length`. */
  readonly decodedLength: number
  /** Names that `x-amz-trailer` announces, in lower case. */
  readonly announced: readonly string[]
  /** Filled with what came after the last chunk. */
  readonly trailers: Record<string, string>
}

type State = 'header' | 'data' | 'data-end' | 'trailer' | 'done'

/** Bytes in, decoded bytes out; emits AwsError for what does not fit: IncompleteBody, SignatureDoesNotMatch ... */
export class ChunkedBody extends Transform {
  readonly #options: ChunkedBodyOptions
  #state: State = 'header'
  /** A line that has begun in a chunk before this one. */
  #line = ''
  #left = 0
  #total = 0
  #lastSize = minChunkBytes
  #hash: Hash | undefined
  #claimed = ''
  #previous: string
  #trailerSignature = ''

  constructor(options: ChunkedBodyOptions) {
    super()
    this.#options = options
    this.#previous = options.signing?.signature ?? ''
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let at = 0
      while (at < chunk.length && this.#state !== 'done')
        at = this.#state === 'data' ? this.#takeData(chunk, at) : this.#takeLine(chunk, at)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      // A last trailer line may come without its line end, as may the empty line after it.
      if (this.#state === 'trailer') this.#finish(this.#line)
      if (this.#state !== 'done' || this.#total !== this.#options.decodedLength) throw incompleteBody()
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  #takeData(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left)
    const piece = chunk.subarray(at, end)
    this.#hash?.update(piece)
    this.#left -= piece.length
    this.#total += piece.length
    if (this.#total > this.#options.decodedLength) throw incompleteBody()
    this.push(piece)
    if (this.#left === 0) this.#state = 'data-end'
    return end
  }

  /** Lines end with CRLF, and may be cut anywhere by the network. */
  #takeLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(10, at)
    this.#line += chunk.toString('latin1', at, end < 0 ? chunk.length : end)
    if (this.#line.length > maxLineBytes) throw malformed('A chunk line is too long.')
    if (end < 0) return chunk.length
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line
    this.#line = ''
    if (this.#state === 'header') this.#startChunk(line)
    else if (this.#state === 'data-end') this.#endChunk(line)
    else this.#takeTrailer(line)
    return end + 1
  }

  #startChunk(line: string): void {
    const match = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line.trimEnd())
    if (!match) throw malformed('The chunk header is malformed.')
    const size = Number.parseInt(match[1]!, 16)
    if (size > 0 && this.#lastSize < minChunkBytes)
      throw new AwsError(
        'InvalidChunkSizeError',
        'Only the last chunk is allowed to have a size less than 8192 bytes',
        {
          status: 403,
        },
      )
    this.#left = size
    this.#claimed = match[2] ?? ''
    this.#hash = this.#options.signing ? createHash('sha256') : undefined
    if (size > 0) {
      this.#lastSize = size
      this.#state = 'data'
      return
    }
    this.#verifyChunk()
    this.#state = 'trailer'
  }

  #endChunk(line: string): void {
    if (line !== '') throw malformed('The chunk is longer than its header says.')
    this.#verifyChunk()
    this.#state = 'header'
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      // Some clients write a line feed of their own before the line end: an empty line with trailers still to come.
      if (this.#missingTrailers().length === 0) this.#finish('')
      return
    }
    this.#readTrailer(line)
  }

  #readTrailer(line: string): void {
    const at = line.indexOf(':')
    if (at < 1 || Object.keys(this.#options.trailers).length >= maxTrailers) throw malformedTrailer()
    const name = line.slice(0, at).trim().toLowerCase()
    const value = line.slice(at + 1).trim()
    const isSignature = name === 'x-amz-trailer-signature'
    // Two readers of a name that stands there twice would read two values.
    const isAgain = isSignature ? this.#trailerSignature !== '' : this.#options.trailers[name] !== undefined
    if (isAgain || !(isSignature || this.#options.announced.includes(name))) throw malformedTrailer()
    if (isSignature) this.#trailerSignature = value
    else this.#options.trailers[name] = value
  }

  #missingTrailers(): string[] {
    const missing = this.#options.announced.filter((name) => this.#options.trailers[name] === undefined)
    const signed = this.#options.signing && this.#options.announced.length > 0
    return signed && !this.#trailerSignature ? [...missing, 'x-amz-trailer-signature'] : missing
  }

  #finish(rest: string): void {
    if (rest.trim() !== '') this.#readTrailer(rest)
    if (this.#missingTrailers().length > 0) throw malformedTrailer()
    if (this.#trailerSignature) this.#verifyTrailers()
    this.#state = 'done'
  }

  #verifyChunk(): void {
    const digest = this.#hash?.digest('hex') ?? ''
    this.#verify(this.#claimed, 'AWS4-HMAC-SHA256-PAYLOAD', `${emptyHash}\n${digest}`)
  }

  #verifyTrailers(): void {
    const names = Object.keys(this.#options.trailers).sort()
    const text = names.map((name) => `${name}:${this.#options.trailers[name]}\n`).join('')
    this.#verify(this.#trailerSignature, 'AWS4-HMAC-SHA256-TRAILER', hash('sha256', text, 'hex'))
  }

  #verify(claimed: string, kind: string, what: string): void {
    const signing = this.#options.signing
    if (!signing) return
    const toSign = `${kind}\n${signing.timestamp}\n${signing.scope}\n${this.#previous}\n${what}`
    if (!equalText(hmac(signing.signingKey, toSign).toString('hex'), claimed)) {
      const { message, detail } = mismatch(signing.accessKeyId, claimed, toSign)
      throw new AwsError('SignatureDoesNotMatch', message, { status: 403, members: detail })
    }
    this.#previous = claimed
  }
}

export const incompleteBody = () =>
  new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header')

const malformed = (message: string) => new AwsError('InvalidRequest', message)

const malformedTrailer = () =>
  new AwsError(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  )
