/** A certificate and its key, as their files are. */
import { readFile } from 'node:fs/promises'

interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

export async function readTls({ certFile, keyFile }: TlsFiles): Promise<{ cert: string; key: string }> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
  return { cert, key }
}
