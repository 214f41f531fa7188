/** What stands outside the lake and is called for a caller: functions of Lambda, connections and the secrets that they use. */
import type { Scope } from '../catalog/catalog.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Forwarded } from './forwarded-lake.ts'

type Place = Pick<Scope, 'account' | 'region'>

/** `reference`: a name or an ARN, as statements and data catalogs have it. */
export function requireFunction(forwarded: Forwarded | undefined, { account, region }: Place, reference: string): void {
  const resource = reference.startsWith('arn:')
    ? reference
    : `arn:aws:lambda:${region}:${account.slice(0, 12)}:function:${reference}`
  forwarded?.forwarding.require({ action: 'lambda:InvokeFunction', resource })
}

/** The secret that a connection logs in with. */
export const requireSecret = (forwarded: Forwarded | undefined, arn: string): void =>
  forwarded?.forwarding.require({ action: 'secretsmanager:GetSecretValue', resource: arn })

/** With the keys that they lie under. */
export const forwardedSecrets = (secrets: Secrets, forwarded: Forwarded | undefined): Secrets =>
  forwarded
    ? secrets.as((use, check) => {
        forwarded.forwarding.requireKey({ ...use, service: 'secretsmanager' })
        check()
      })
    : secrets
