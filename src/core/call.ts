/** Who asks. An ARN such as `arn:aws:iam::000000000000:root`. */
export interface Principal {
  readonly kind: 'root' | 'user' | 'role' | 'anonymous'
  readonly arn: string
  readonly account: string
  readonly accessKeyId: string
  /** Folders `s3://bucket/folder/`: the key opens the objects in them, and nothing else. */
  readonly confinedTo?: readonly string[]
  /** The key changes nothing. */
  readonly readsOnly?: true
}

/** One request, as every room sees it: no HTTP, no service shapes. */
export interface Call {
  readonly account: string
  readonly region: string
  readonly principal: Principal
  readonly requestId: string
  /** The service's folder name and AWS's operation name: `glue`, `CreateTable`. */
  readonly service: string
  readonly operation: string
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal
}
