/** Who asks. An ARN such as `arn:aws:iam::000000000000:root`; of a role's session that of the session. */
export interface Principal {
  readonly kind: 'root' | 'user' | 'role' | 'federated' | 'anonymous'
  readonly arn: string
  readonly account: string
  readonly accessKeyId: string
  /** What IAM calls the user id: `AIDA...`, `AROA...:session`. Absent of roots, and of nobody in particular. */
  readonly id?: string
  /** Whose policies hold for a session: the ARN of its role, or of the user who federated. */
  readonly entityArn?: string
  readonly session?: SessionFacts
  /** When the key of a session is good no more, ISO 8601: nothing that it gets is good for longer. */
  readonly endsAt?: string
  /** Folders `s3://bucket/folder/`: the key opens the objects in them, and nothing else. */
  readonly confinedTo?: readonly string[]
  /** Whose buckets they are in, where the catalog of another account has given them out. */
  readonly confinedBy?: string
  /** The key changes nothing. */
  readonly readsOnly?: true
}

/** What a session was begun with. */
export interface SessionFacts {
  /** ISO 8601. */
  readonly issuedAt: string
  /** Policy documents beyond which the session may do nothing; with an empty list it may do nothing by its entity's. */
  readonly policies?: readonly SessionPolicy[]
  readonly tags?: Readonly<Record<string, string>>
  /** Keys of tags that sessions begun from this one keep. */
  readonly transitiveTagKeys?: readonly string[]
  readonly sourceIdentity?: string
  /** Who vouched for it, of a web identity. */
  readonly provider?: string
}

/** By text, or a managed policy by ARN. */
export type SessionPolicy = { readonly text: string } | { readonly arn: string }

/** One request, as every room sees it: no HTTP, no service shapes. */
export interface Call {
  readonly account: string
  readonly region: string
  readonly principal: Principal
  readonly requestId: string
  /** The service's folder name and AWS's operation name: `glue`, `CreateTable`. */
  readonly service: string
  readonly operation: string
  /** Where it comes from, so far as policies may ask; absent where nobody sent it. */
  readonly source?: RequestSource
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal
}

export interface RequestSource {
  readonly address?: string
  readonly secure: boolean
  /** `1.3`; absent without TLS. */
  readonly tlsVersion?: string
  readonly userAgent?: string
  readonly referer?: string
}
