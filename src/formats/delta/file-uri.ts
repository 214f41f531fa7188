/** The address of a file that a log names: below the table, unless its path is absolute. Paths are percent-encoded. */
export function fileUri(root: string, path: string): string {
  const decoded = decodedPath(path)
  const absolute = /^([a-z][a-z0-9+.-]*):\/\/?(.*)$/is.exec(decoded)
  // Hadoop's two other names for the same store.
  if (absolute) return `${/^s3[an]$/i.test(absolute[1]!) ? 's3' : absolute[1]}://${absolute[2]!.replace(/^\/+/, '')}`
  const base = root.endsWith('/') ? root.slice(0, -1) : root
  // An absolute path without a scheme is of the store that the table is in.
  if (decoded.startsWith('/')) return `${/^[^:]+:\/\/[^/]+/.exec(base)?.[0] ?? ''}${decoded}`
  return `${base}/${decoded}`
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // A writer that did not encode may leave a bare percent sign.
    return path
  }
}
