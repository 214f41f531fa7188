/** A Delta log that cannot be read as it stands; `code` is the name that Trino's Delta connector gives such a failure. */
export class DeltaLogError extends Error {
  override readonly name = 'DeltaLogError'
  readonly code: 'DELTA_LAKE_INVALID_SCHEMA' | 'DELTA_LAKE_BAD_DATA'

  constructor(code: DeltaLogError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export const invalidLog = (message: string): DeltaLogError => new DeltaLogError('DELTA_LAKE_INVALID_SCHEMA', message)
export const badData = (message: string): DeltaLogError => new DeltaLogError('DELTA_LAKE_BAD_DATA', message)
