/** The endings by which Hadoop tells that a file is compressed, of those that are read. */
const COMPRESSED = /\.(gz|gzip|zst|zstd|bz2|snappy|lz4|deflate)$/i

export const isCompressed = ({ uri }: { readonly uri: string }): boolean => COMPRESSED.test(uri)
