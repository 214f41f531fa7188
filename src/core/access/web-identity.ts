/**
 * Tokens of OpenID Connect: who somebody is, in the words of a provider that the operator has given the keys of. Nothing is
 * fetched: a server without a way out trusts nobody it was not told to trust.
 */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'

export type TokenFailure =
  | 'malformed'
  | 'missing-claim'
  | 'bad-tags'
  | 'too-many-keys'
  | 'unknown-key'
  | 'bad-signature'
  | 'expired'
  | 'early'

export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly failure: TokenFailure
  /** Of a claim: which. */
  readonly claim: string

  constructor(failure: TokenFailure, claim = '') {
    super(failure)
    this.failure = failure
    this.claim = claim
  }
}

/** Claims as they were signed; those of which nothing is known are carried along. */
export interface TokenClaims {
  /** `https://accounts.example.com`. */
  readonly iss: string
  readonly sub: string
  readonly aud: readonly string[]
  readonly azp?: string
  readonly amr: readonly string[]
  readonly sourceIdentity?: string
  readonly tags: readonly (readonly [key: string, value: string])[]
  readonly transitiveTagKeys: readonly string[]
}

/** `alg` of a token, as AWS takes it (docs: IAM UserGuide, id_roles_providers_create_oidc): digest, and key that fits. */
const ALGORITHMS: Readonly<Record<string, { readonly digest: string; readonly fits: (key: JsonWebKey) => boolean }>> = {
  RS256: { digest: 'sha256', fits: isRsa },
  RS384: { digest: 'sha384', fits: isRsa },
  RS512: { digest: 'sha512', fits: isRsa },
  ES256: { digest: 'sha256', fits: onCurve('P-256') },
  ES384: { digest: 'sha384', fits: onCurve('P-384') },
  ES512: { digest: 'sha512', fits: onCurve('P-521') },
}

function isRsa({ kty }: JsonWebKey): boolean {
  return kty === 'RSA'
}

function onCurve(curve: string): (key: JsonWebKey) => boolean {
  return ({ kty, crv }) => kty === 'EC' && crv === curve
}

/** Keys by issuer, as the operator's file has them: `{"https://accounts.example.com": {"keys": [...]}}`. */
export type ProviderKeys = Readonly<Record<string, { readonly keys: readonly JsonWebKey[] }>>

/** Read anew each time, so that keys are changed without a restart; without a file there are none. */
export async function readProviderKeys(file: string | undefined): Promise<ProviderKeys> {
  return file === undefined ? {} : (JSON.parse(await readFile(file, 'utf8')) as ProviderKeys)
}

/** What a token says, once its signature and its times hold. Throws `TokenError`. */
export function verifiedClaims(token: string, keys: ProviderKeys, now: Date): TokenClaims {
  const [head, body, signature] = parts(token)
  const { alg, kid } = parsed(head)
  const claims = parsed(body)
  const iss = text(claims, 'iss')
  const algorithm = Object.hasOwn(ALGORITHMS, String(alg)) ? ALGORITHMS[String(alg)] : undefined
  if (!algorithm) throw new TokenError('malformed')
  const own = Object.hasOwn(keys, iss) ? keys[iss]!.keys : []
  if (own.filter(algorithm.fits).length > MOST_KEYS) throw new TokenError('too-many-keys')
  const fitting = own.filter((key) => algorithm.fits(key) && (kid === undefined || key.kid === kid))
  if (fitting.length === 0) throw new TokenError('unknown-key')
  const signed = Buffer.from(`${head}.${body}`)
  const bytes = Buffer.from(signature, 'base64url')
  const holds = fitting.some((jwk) => {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return verify(algorithm.digest, signed, { key, dsaEncoding: 'ieee-p1363' }, bytes)
  })
  if (!holds) throw new TokenError('bad-signature')
  requireInTime(claims, now.getTime() / 1000)
  return toldClaims(iss, claims)
}

/** "A maximum of 100 RSA keys and 100 EC keys" (docs: IAM UserGuide, id_roles_providers_create_oidc). */
const MOST_KEYS = 100
/** Clocks of servers differ a little. */
const SKEW_SECONDS = 300

/** "Claims must include a value for iat" (the same page). */
function requireInTime({ iat, exp, nbf }: Json, nowSeconds: number): void {
  if (typeof iat !== 'number') throw new TokenError('missing-claim', 'iat')
  if (typeof exp !== 'number') throw new TokenError('missing-claim', 'exp')
  if (exp <= nowSeconds) throw new TokenError('expired')
  const begun = typeof nbf === 'number' ? Math.max(iat, nbf) : iat
  if (begun > nowSeconds + SKEW_SECONDS) throw new TokenError('early')
}

type Json = Readonly<Record<string, unknown>>

function toldClaims(iss: string, claims: Json): TokenClaims {
  const { azp, amr } = claims
  const aud = texts(claims.aud)
  if (aud.length === 0) throw new TokenError('missing-claim', 'aud')
  const source = claims['https://aws.amazon.com/source_identity']
  return {
    iss,
    sub: text(claims, 'sub'),
    aud,
    ...(typeof azp === 'string' && { azp }),
    amr: texts(amr),
    ...(typeof source === 'string' && { sourceIdentity: source }),
    ...tagsIn(claims),
  }
}

const TAGS = 'https://aws.amazon.com/tags'
const FLAT_TAG = `${TAGS}/principal_tags/`

/** Nested in one claim, or each a claim of its own (docs: IAM UserGuide, id_session-tags, "Flattened claim format"). */
function tagsIn(claims: Json): Pick<TokenClaims, 'tags' | 'transitiveTagKeys'> {
  const nested = (claims[TAGS] ?? {}) as Json
  const flat = Object.entries(claims).flatMap(([claim, value]) =>
    claim.startsWith(FLAT_TAG) ? [[claim.slice(FLAT_TAG.length), value] as const] : [],
  )
  const tags = [...Object.entries((nested.principal_tags ?? {}) as Json), ...flat].map(([key, value]) => {
    const all = texts(value)
    // "AWS STS does not support multi-valued session tags."
    if (all.length !== 1 || (Array.isArray(value) && value.length !== 1)) throw new TokenError('bad-tags', key)
    return [key, all[0]!] as const
  })
  const transitiveTagKeys = [...texts(nested.transitive_tag_keys), ...texts(claims[`${TAGS}/transitive_tag_keys`])]
  return { tags, transitiveTagKeys }
}

function parts(token: string): readonly [head: string, body: string, signature: string] {
  const all = token.split('.')
  if (all.length !== 3 || all.some((part) => part === '')) throw new TokenError('malformed')
  return all as unknown as readonly [string, string, string]
}

function parsed(part: string): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (value !== null && typeof value === 'object') return value as Json
  } catch {
    // Said below.
  }
  throw new TokenError('malformed')
}

function text(claims: Json, name: string): string {
  const value = claims[name]
  if (typeof value !== 'string' || value === '') throw new TokenError('missing-claim', name)
  return value
}

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
