/** One table put in the place of another, which AWS has no operation for: `/_lentic/table-replacement`. */
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type OwnOperation } from '../../protocol/service.ts'

const MEMBERS = ['database', 'table', 'by', 'as'] as const

export const tableReplacement =
  (lake: Lake): OwnOperation =>
  async (input, call) => {
    const [database, table, by, as] = MEMBERS.map((member) => {
      const value = input[member]
      if (typeof value === 'string' && value !== '') return value
      throw new AwsError(
        'InvalidInputException',
        `${member} must be the name of a ${member === 'database' ? member : 'table'}`,
      )
    }) as [string, string, string, string]
    await forwardedLake(lake, call).catalog.tables.replace(call, database, table, { table: by, as })
    return {}
  }
