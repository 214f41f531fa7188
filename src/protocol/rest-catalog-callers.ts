/**
 * Who asks the REST catalog. AWS signs its requests; engines that only know OAuth2 exchange a key for a token, which is one of
 * a session; and where the key is public anyway, who comes with none is taken for its owner.
 */
import { type Credentials, type RootKey, rootPrincipal, withinSession } from '../core/access/credentials.ts'
import type { Sessions } from '../core/access/sessions.ts'
import type { Call, Principal } from '../core/call.ts'
import { Fault } from '../core/faults.ts'
import type { Clock } from '../core/ports.ts'
import type { Authenticator, Claim, Identity } from './auth.ts'
import { authError } from './auth-faults.ts'
import { readBody } from './dispatch-body.ts'
import type { HttpRequest } from './http.ts'
import { CatalogError, type SigningName } from './rest-catalog.ts'
import { equalText } from './sigv4.ts'

export interface CatalogCallers {
  /** Whom a request is signed for, where it is, tells the catalog from a bucket of that name. */
  isForCatalog(request: HttpRequest): boolean
  /** Throws CatalogError or AwsError for a caller that is nobody. */
  identify(request: HttpRequest): Identity & { readonly signedFor: SigningName }
  /** RFC 6749, with a key as the client: https://iceberg.apache.org/rest-catalog-spec/ ("oauth/tokens"). */
  token(request: HttpRequest): Promise<Pick<Call, 'principal' | 'region'> & { readonly body: unknown }>
}

const TOKEN_SECONDS = 3600
const SIGNING_NAMES: ReadonlySet<string> = new Set(['glue', 's3tables'])

export function catalogCallers(options: {
  readonly authenticator: Authenticator
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly clock: Clock
  /** In whose name requests without a key are made; absent where they are refused. */
  readonly anyone: RootKey | undefined
  readonly account: string
  readonly region: string
}): CatalogCallers {
  const { authenticator, credentials, sessions, clock, anyone, account, region } = options

  const unsigned = (request: HttpRequest): Identity => {
    const token = bearer(request)
    const principal = token === undefined ? undefined : holder(token)
    if (principal) return { principal, region }
    if (anyone) return { principal: rootPrincipal(account, anyone.accessKeyId), region }
    throw new CatalogError(401, 'NotAuthorizedException', 'Missing Authentication Token')
  }

  const holder = (token: string): Principal | undefined => {
    try {
      return credentials.bearer(token)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      throw new CatalogError(419, 'AuthenticationTimeoutException', 'The token has expired')
    }
  }

  const verified = (claim: Claim & { readonly kind: 'v4' }, request: HttpRequest): Identity => {
    const signingName = claim.signature.service
    const to = { service: 'iceberg', signingName, rawPath: request.rawPath }
    try {
      return authenticator.authenticate(claim, request, new URLSearchParams(request.rawQuery), to)
    } catch (error) {
      throw error instanceof Fault ? authError(error, 'rest-json') : error
    }
  }

  return {
    isForCatalog(request) {
      const [, credential = ''] = /Credential=([^,]*)/.exec(request.headers.authorization ?? '') ?? []
      const [terminator, signedFor] = credential.trim().split('/').reverse()
      if (terminator === 'aws4_request' && signedFor !== undefined) return SIGNING_NAMES.has(signedFor)
      return !/(?:^|&)X-Amz-(?:Credential|Algorithm)=|(?:^|&)AWSAccessKeyId=/.test(request.rawQuery)
    },
    identify(request) {
      const claim = claimOf(authenticator, request)
      const identity = claim.kind === 'v4' ? verified(claim, request) : unsigned(request)
      if (identity.principal.confinedTo)
        throw new CatalogError(403, 'ForbiddenException', 'The key opens objects only.')
      const signedFor = claim.kind === 'v4' ? (claim.signature.service as SigningName) : 'glue'
      return { ...identity, signedFor }
    },
    async token(request) {
      request.admitBody()
      const nobody = { principal: rootPrincipal(account, ''), region }
      const { bytes } = await readBody(request, nobody, 'sts', 'rest-json')
      const principal = grantee(new URLSearchParams(bytes.toString('utf8')), request)
      const now = clock.now().getTime()
      const expiresAt = withinSession(principal, new Date(now + TOKEN_SECONDS * 1000))
      const body = {
        access_token: sessions.issueBearer(principal, expiresAt),
        token_type: 'bearer',
        expires_in: Math.floor((expiresAt.getTime() - now) / 1000),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }
      return { principal, region, body }
    },
  }

  function renewable(token: string): Principal | undefined {
    try {
      return credentials.bearer(token)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return undefined
    }
  }

  function grantee(form: URLSearchParams, request: HttpRequest) {
    const grant = form.get('grant_type')
    if (grant === 'urn:ietf:params:oauth:grant-type:token-exchange') {
      const held = renewable(form.get('subject_token') ?? '')
      if (held) return held
      throw new CatalogError(400, 'invalid_grant', 'The token is none of ours, or has expired')
    }
    if (grant !== 'client_credentials')
      throw new CatalogError(400, 'unsupported_grant_type', `The grant type ${grant} is not supported`)
    const [id, secret] = basic(request) ?? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
    const credential = credentials.find(id, undefined)
    const known = credential?.secretAccessKey
    if (!credential || (known !== undefined && !equalText(known, secret)))
      throw new CatalogError(401, 'invalid_client', 'The client is not known, or its secret is another')
    return credential.principal
  }
}

function claimOf(authenticator: Authenticator, request: HttpRequest): Claim {
  try {
    return authenticator.readClaim(request, new URLSearchParams(request.rawQuery))
  } catch (error) {
    throw error instanceof Fault ? authError(error, 'rest-json') : error
  }
}

const bearer = ({ headers }: HttpRequest): string | undefined => /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]

function basic({ headers }: HttpRequest): [string, string] | undefined {
  const encoded = /^basic (.+)$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':')
  return [id, secret.join(':')]
}
