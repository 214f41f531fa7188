/**
 * Who has signed a browser's form: its policy is all that is signed, with Signature Version 4 or with the Version 2 that
 * boto3 still writes for us-east-1.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 */
import { createHmac } from 'node:crypto'
import { equalText, hmac, mismatch, readSignature, type Signature, type SigningKeys } from './sigv4.ts'

export interface FormSignature {
  readonly accessKeyId: string
  readonly signature: string
  /** Absent in Version 2. */
  readonly v4?: Signature
}

/** `fields` have names in lower case. Throws Fault for what is not a signature. */
export function readFormSignature(fields: Readonly<Record<string, string>>): FormSignature {
  const { awsaccesskeyid, signature } = fields
  if (awsaccesskeyid !== undefined && signature !== undefined) return { accessKeyId: awsaccesskeyid, signature }
  const query = new URLSearchParams({
    'X-Amz-Algorithm': fields['x-amz-algorithm'] ?? '',
    'X-Amz-Credential': fields['x-amz-credential'] ?? '',
    'X-Amz-Date': fields['x-amz-date'] ?? '',
    'X-Amz-Signature': fields['x-amz-signature'] ?? '',
    'X-Amz-SignedHeaders': 'policy',
    'X-Amz-Expires': '0',
  })
  const v4 = readSignature({ method: 'POST', rawPath: '/', rawQuery: '', headers: {}, rawHeaders: [] }, query)!
  return { accessKeyId: v4.accessKeyId, signature: v4.signature, v4 }
}

/** `policy` is the form's base64 text. Throws `Fault('denied', 'mismatch')`. */
export function verifyForm(form: FormSignature, policy: string, secret: string, keys: SigningKeys): void {
  const expected = form.v4
    ? hmac(keys.get(secret, form.v4), policy).toString('hex')
    : createHmac('sha1', secret).update(policy).digest('base64')
  if (!equalText(expected, form.signature)) throw mismatch(form.accessKeyId, form.signature, policy)
}
