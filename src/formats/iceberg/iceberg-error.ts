/** Metadata of an Iceberg table that cannot be read as it stands; `code` is the name that Trino's connector gives such a failure. */
export class IcebergError extends Error {
  override readonly name = 'IcebergError'
  readonly code:
    | 'ICEBERG_INVALID_METADATA'
    | 'ICEBERG_BAD_DATA'
    | 'ICEBERG_COMMIT_ERROR'
    | 'INVALID_ARGUMENTS'
    | 'NOT_SUPPORTED'

  constructor(code: IcebergError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export const invalidMetadata = (message: string): IcebergError => new IcebergError('ICEBERG_INVALID_METADATA', message)
export const badData = (message: string): IcebergError => new IcebergError('ICEBERG_BAD_DATA', message)
export const unsupported = (message: string): IcebergError => new IcebergError('NOT_SUPPORTED', message)
/** A change that was right when it was made, of a table that somebody else has changed since. */
export const overtaken = (message: string): IcebergError => new IcebergError('ICEBERG_COMMIT_ERROR', message)
/** What somebody asks for that contradicts itself. */
export const invalidArguments = (message: string): IcebergError => new IcebergError('INVALID_ARGUMENTS', message)
