/** Certificates of a test's own, made by openssl. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestAuthority {
  /** PEM. */
  readonly certificate: string
  readonly server: { readonly key: string; readonly certificate: string }
}

/** An authority, and a server of that name which it has certified, `DNS:db` or `IP:127.0.0.1`. `key`: as openssl has it. */
export function testAuthority(name: string, key = 'rsa:2048'): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'lentic-certificates-'))
  const of = (file: string) => join(folder, file)
  const openssl = (...options: string[]) => execFileSync('openssl', options, { stdio: 'pipe' })
  try {
    const made = ['-newkey', key, '-nodes']
    openssl('req', '-x509', ...made, '-subj', '/CN=authority', '-keyout', of('ca.key'), '-out', of('ca.pem'))
    openssl('req', ...made, '-subj', '/CN=server', '-keyout', of('key'), '-out', of('request'))
    writeFileSync(of('names'), `subjectAltName=${name}`)
    const by = ['-CA', of('ca.pem'), '-CAkey', of('ca.key'), '-CAcreateserial', '-extfile', of('names')]
    openssl('x509', '-req', '-in', of('request'), ...by, '-out', of('pem'))
    const text = (file: string) => readFileSync(of(file), 'utf8')
    return { certificate: text('ca.pem'), server: { key: text('key'), certificate: text('pem') } }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
