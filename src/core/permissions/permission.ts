/** What may be granted, and on what: docs: lake-formation dg, lf-permissions-reference. */
import type { Resource } from './resource.ts'

export const PERMISSIONS = [
  'ALL',
  'SELECT',
  'ALTER',
  'DROP',
  'DELETE',
  'INSERT',
  'DESCRIBE',
  'CREATE_DATABASE',
  'CREATE_TABLE',
  'DATA_LOCATION_ACCESS',
  'CREATE_LF_TAG',
  'ASSOCIATE',
  'GRANT_WITH_LF_TAG_EXPRESSION',
  'CREATE_LF_TAG_EXPRESSION',
  'CREATE_CATALOG',
  'SUPER_USER',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const OF_TABLES: readonly Permission[] = ['SELECT', 'INSERT', 'DELETE', 'ALTER', 'DROP', 'DESCRIBE']
const OF_DATABASES: readonly Permission[] = ['CREATE_TABLE', 'ALTER', 'DROP', 'DESCRIBE']

/**
 * What ALL stands for on each kind of resource; a kind takes these and ALL, and nothing else, but for SUPER_USER on catalogs: it
 * is about all that is in one, which whoever has ALL on the catalog does not have (lake-formation dg, implicit-permissions).
 */
const ON: Readonly<Record<Resource['kind'], readonly Permission[]>> = {
  catalog: [
    'CREATE_DATABASE',
    'CREATE_CATALOG',
    'CREATE_LF_TAG',
    'CREATE_LF_TAG_EXPRESSION',
    'ALTER',
    'DROP',
    'DESCRIBE',
  ],
  database: OF_DATABASES,
  table: OF_TABLES,
  tables: OF_TABLES,
  columns: ['SELECT'],
  filter: ['SELECT', 'DESCRIBE', 'DROP'],
  location: ['DATA_LOCATION_ACCESS'],
  tag: ['DESCRIBE', 'ASSOCIATE', 'ALTER', 'DROP', 'GRANT_WITH_LF_TAG_EXPRESSION'],
  'tag-expression': ['DESCRIBE', 'ALTER', 'DROP', 'GRANT_WITH_LF_TAG_EXPRESSION'],
  'tagged-databases': OF_DATABASES,
  'tagged-tables': OF_TABLES,
}

/** Kinds that are granted one by one: "Super" is no word of theirs. */
const WITHOUT_ALL: ReadonlySet<Resource['kind']> = new Set(['columns', 'filter', 'location'])

export const isPermissionOf = (resource: Resource, permission: Permission): boolean =>
  ON[resource.kind].includes(permission) ||
  (permission === 'ALL' && !WITHOUT_ALL.has(resource.kind)) ||
  (permission === 'SUPER_USER' && resource.kind === 'catalog')

export const spelledOut = (kind: Resource['kind'], permissions: readonly Permission[]): readonly Permission[] =>
  permissions.includes('ALL') ? [...ON[kind], ...beside(permissions)] : permissions

const beside = (permissions: readonly Permission[]): readonly Permission[] =>
  permissions.includes('SUPER_USER') ? ['SUPER_USER'] : []

/** In the order of `PERMISSIONS`, each once; ALL stands for what it spells out. */
export function summedUp(kind: Resource['kind'], permissions: readonly Permission[]): readonly Permission[] {
  if (permissions.includes('ALL') && !WITHOUT_ALL.has(kind)) return ['ALL', ...beside(permissions)]
  return PERMISSIONS.filter((one) => permissions.includes(one))
}
