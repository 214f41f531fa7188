/** How Lake Formation says no. */
import { Fault } from '../faults.ts'
import type { Permission } from './permission.ts'

/** What such faults are about. */
export const PERMISSION = 'permission'

/** `CREATE_DATABASE` is told as "Create Database". */
const words = (permission: Permission): string =>
  permission.replace(/[A-Z]+/g, (word) => word[0]! + word.slice(1).toLowerCase()).replaceAll('_', ' ')

/** AWS's text as clients have met it: `Insufficient Lake Formation permission(s): Required Create Database on Catalog`. */
export const insufficient = (permission: Permission, name: string): Fault =>
  new Fault('denied', PERMISSION, `Insufficient Lake Formation permission(s): Required ${words(permission)} on ${name}`)
