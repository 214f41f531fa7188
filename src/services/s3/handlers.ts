import type { Handlers } from '../../protocol/service.ts'

export type S3Handlers = Handlers<typeof import('@aws-sdk/client-s3')>
