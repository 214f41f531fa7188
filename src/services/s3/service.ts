import type { ObjectStore } from '../../core/objects/store.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { guarded } from './access.ts'
import { aclHandlers } from './acls.ts'
import { bucketSettingHandlers } from './bucket-settings.ts'
import { bucketHandlers } from './buckets.ts'
import { copyHandlers } from './copies.ts'
import { corsHeaders, preflight } from './cors.ts'
import { deletionHandlers } from './deletions.ts'
import { toAwsError } from './faults.ts'
import { formUpload } from './form-upload.ts'
import type { KeyRooms } from './key-encryption.ts'
import { lifecycleHandlers } from './lifecycle.ts'
import { listingHandlers } from './listings.ts'
import { objectHandlers } from './objects.ts'
import { tagHandlers } from './tags.ts'
import { uploadHandlers } from './uploads.ts'
import { versioningHandlers } from './versioning.ts'

export const s3 = (store: ObjectStore, rooms: KeyRooms): ServiceDefinition =>
  defineService<typeof import('@aws-sdk/client-s3')>('s3', {
    handlers: guarded(store, rooms.access, {
      ...bucketHandlers(store),
      ...bucketSettingHandlers(store),
      ...aclHandlers(store),
      ...versioningHandlers(store),
      ...lifecycleHandlers(store),
      ...tagHandlers(store),
      ...listingHandlers(store),
      ...objectHandlers(store, rooms),
      ...copyHandlers(store, rooms),
      ...deletionHandlers(store),
      ...uploadHandlers(store, rooms),
    }),
    faults: toAwsError,
    anonymous: true,
    raw: async (request) => preflight(store, request.call) ?? (await formUpload({ store, ...rooms }, request)),
    answerHeaders: (call) => corsHeaders(store, call),
  })
