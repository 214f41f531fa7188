/**
 * Whether a policy of a resource lets in the public: a statement for everyone without a condition that binds it to somebody.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
import { compiledPolicy } from './compilation.ts'
import type { Statement } from './document.ts'

/** Keys that, held to fixed values, make a statement one for somebody. */
const BINDING: ReadonlySet<string> = new Set(
  `aws:SourceIp aws:SourceArn aws:SourceVpc aws:SourceVpce aws:SourceOwner aws:SourceAccount aws:PrincipalArn
   aws:PrincipalAccount aws:PrincipalOrgId aws:PrincipalOrgPaths aws:userid aws:CalledVia aws:ViaAWSService
   s3:x-amz-server-side-encryption-aws-kms-key-id s3:DataAccessPointArn s3:DataAccessPointAccount`
    .toLowerCase()
    .split(/\s+/),
)

export const isPublicDocument = (text: string): boolean =>
  compiledPolicy(text, 'resource').document.statements.some(isPublic)

function isPublic({ effect, principals, conditions }: Statement): boolean {
  if (effect !== 'Allow' || !principals) return false
  const forAll = principals.negated || principals.names.some(({ name }) => name === '*')
  return forAll && !conditions.some(({ key, values }) => BINDING.has(key.toLowerCase()) && values.every(isFixed))
}

/** "Fixed values": without wildcards or variables; an address range must not be everybody's. */
const isFixed = (value: string): boolean =>
  !/^\*|\$\{|^0\.0\.0\.0\/0$|^::\/0$/.test(value) && (value.startsWith('arn:') || !value.includes('*'))
