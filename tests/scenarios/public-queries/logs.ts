/** All of them. */
import { alb } from './alb.ts'
import { cloudfront } from './cloudfront.ts'
import { cloudtrail } from './cloudtrail.ts'
import { costReport } from './cost-report.ts'
import { guardduty } from './guardduty.ts'
import type { Log } from './log.ts'
import { clb, nlb } from './network-balancers.ts'
import { resolver } from './resolver.ts'
import { s3Access } from './s3-access.ts'
import { vpcFlow } from './vpc-flow.ts'
import { waf } from './waf.ts'

export const LOGS: readonly Log[] = [
  vpcFlow,
  cloudtrail,
  alb,
  s3Access,
  resolver,
  waf,
  guardduty,
  cloudfront,
  nlb,
  clb,
  costReport,
]
