import { Fault } from '../core/faults.ts'

export function documentConflict(space: string, key: string, expected: number, found: number): Fault {
  return new Fault('conflict', 'document', `${space}: ${key} is at version ${found}, not ${expected}`)
}
