/** A file as decoders see it: they ask for stretches, and whoever holds it knows what they have read. */
export interface RandomAccess {
  readonly sizeBytes: number
  /** Exactly `length` bytes from `at`; the caller has made sure that they are there. */
  read(at: number, length: number): Uint8Array
}
