import { statfsSync } from 'node:fs'
import { Fault } from '../core/faults.ts'

/** Bytes of objects leave so much of the disk, or a sixteenth of a smaller one, to documents: a deletion must be written down too. */
const RESERVE_BYTES = 16 * 1024 * 1024

/** How many bytes a disk still takes, and how many it has. */
export type DiskRoom = (directory: string) => { readonly freeBytes: number; readonly sizeBytes: number }

export function diskRoom(directory: string): ReturnType<DiskRoom> {
  const { bavail, blocks, bsize } = statfsSync(directory)
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
}

/** Whether the disk that `directory` lies on has only the reserve left. */
export function isNearlyFull(directory: string, room: DiskRoom = diskRoom): boolean {
  const { freeBytes, sizeBytes } = room(directory)
  return freeBytes < Math.min(RESERVE_BYTES, sizeBytes / 16)
}

/** Throws `storage-full` where it has. */
export function requireRoom(room: DiskRoom, directory: string): void {
  if (isNearlyFull(directory, room)) throw diskFull('blob')
}

export const diskFull = (noun: 'blob' | 'document'): Fault =>
  new Fault('storage-full', noun, 'The disk is full: nothing was written.')

/** What a disk that takes no more says; anything else as it is. */
export function blobFailure(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull('blob') : error
}
