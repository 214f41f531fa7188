/** Addresses of objects and folders, `s3://bucket/key`. Hadoop's clients call the same store `s3a` and `s3n` too. */

export interface Address {
  readonly bucket: string
  /** Of an object, or the beginning of those in a folder; empty for the bucket itself. */
  readonly key: string
}

/** Undefined for what is no address of the lake. */
export function splitAddress(uri: string): Address | undefined {
  const [, bucket, key = ''] = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) ?? []
  return bucket === undefined ? undefined : { bucket, key }
}

/** Whether an object of the lake can have it. */
export const isLakeUri = (uri: string): boolean => /^s3[an]?:\/\/[^/]+\/./i.test(uri)

/** As objects of the lake have it, whatever a client calls their store. */
export const lakeUri = (uri: string): string => uri.replace(/^s3[an]?:/i, 's3:')
