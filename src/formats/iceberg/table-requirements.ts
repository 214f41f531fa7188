/** What a writer of a table asks to be still so when its updates are applied, in the words of the REST catalog's protocol. */
import { type Id, refOf, type TableMetadata } from './metadata.ts'

export type TableRequirement =
  | { readonly type: 'assert-create' }
  | { readonly type: 'assert-table-uuid'; readonly uuid: string }
  | { readonly type: 'assert-ref-snapshot-id'; readonly ref: string; readonly 'snapshot-id'?: Id | null }
  | { readonly type: 'assert-last-assigned-field-id'; readonly 'last-assigned-field-id': number }
  | { readonly type: 'assert-current-schema-id'; readonly 'current-schema-id': number }
  | { readonly type: 'assert-last-assigned-partition-id'; readonly 'last-assigned-partition-id': number }
  | { readonly type: 'assert-default-spec-id'; readonly 'default-spec-id': number }
  | { readonly type: 'assert-default-sort-order-id'; readonly 'default-sort-order-id': number }

/** Why the first that is not met is not; undefined where all are. In the words of the Java library. */
export function unmetRequirement(
  requirements: readonly TableRequirement[],
  metadata: TableMetadata,
): string | undefined {
  for (const requirement of requirements) {
    const why = unmet(requirement, metadata)
    if (why !== undefined) return `Requirement failed: ${why}`
  }
  return undefined
}

function unmet(requirement: TableRequirement, metadata: TableMetadata): string | undefined {
  const differs = (what: string, expected: unknown, found: unknown): string | undefined =>
    expected === found ? undefined : `${what} changed: expected id ${expected} != ${found}`
  switch (requirement.type) {
    case 'assert-create':
      return 'table already exists'
    case 'assert-table-uuid': {
      const uuid = metadata['table-uuid']
      if (uuid?.toLowerCase() === requirement.uuid.toLowerCase()) return undefined
      return `UUID does not match: expected ${uuid} != ${requirement.uuid}`
    }
    case 'assert-ref-snapshot-id':
      return unmetRef(requirement.ref, requirement['snapshot-id'] ?? undefined, metadata)
    case 'assert-last-assigned-field-id':
      return differs('last assigned field id', requirement['last-assigned-field-id'], metadata['last-column-id'])
    case 'assert-current-schema-id':
      return differs('current schema', requirement['current-schema-id'], metadata['current-schema-id'])
    case 'assert-last-assigned-partition-id':
      return differs(
        'last assigned partition id',
        requirement['last-assigned-partition-id'],
        metadata['last-partition-id'],
      )
    case 'assert-default-spec-id':
      return differs('default partition spec', requirement['default-spec-id'], metadata['default-spec-id'])
    case 'assert-default-sort-order-id':
      return differs('default sort order', requirement['default-sort-order-id'], metadata['default-sort-order-id'])
  }
}

/** Without an id: the branch or tag must not be there. */
function unmetRef(name: string, id: Id | undefined, metadata: TableMetadata): string | undefined {
  const ref = refOf(metadata, name)
  if (!ref) return id === undefined ? undefined : `branch or tag ${name} is missing, expected ${id}`
  if (id === undefined) return `${ref.type} ${name} was created concurrently`
  const found = ref['snapshot-id']
  return found === id ? undefined : `${ref.type} ${name} has changed: expected id ${id} != ${found}`
}
