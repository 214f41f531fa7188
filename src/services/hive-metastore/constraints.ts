/** Constraints, roles and privileges: the catalog has none, and says so; what would make one is refused. */
import { type Method, method, procedure } from '../../protocol/thrift/service.ts'
import { type FieldSpecs, list, string, struct } from '../../protocol/thrift/types.ts'
import { hiveTable, principalPrivilegeSet } from './catalog-structs.ts'
import { META, NO_SUCH_OBJECT, unsupported } from './faults.ts'

/** Nothing is read of what only has to be empty. */
const anything = list(struct({}))
const CREATE_LISTS = {
  primaryKeys: [2, anything],
  foreignKeys: [3, anything],
  uniqueConstraints: [4, anything],
  notNullConstraints: [5, anything],
  defaultConstraints: [6, anything],
  checkConstraints: [7, anything],
} as const

export function constraints(createTable: Method): Readonly<Record<string, Method>> {
  return {
    ...noConstraints,
    ...noRoles,
    // Clients of Hive 3 make every table so.
    create_table_with_constraints: procedure(
      { tbl: [1, hiveTable, 'required'], ...CREATE_LISTS },
      createTable.throws,
      async ({ tbl, ...lists }, call) => {
        if (Object.values(lists).some((one) => one.length > 0)) throw unsupported('Constraints of tables are not kept.')
        await createTable.handle({ tbl } as never, call)
      },
    ),
  }
}

const none = (member: string): Method => {
  const specs: FieldSpecs = { [member]: [1, anything, 'required'] }
  return method({}, struct(specs), [META, NO_SUCH_OBJECT], () => ({ [member]: [] }) as never)
}
const noConstraints: Readonly<Record<string, Method>> = {
  get_primary_keys: none('primaryKeys'),
  get_foreign_keys: none('foreignKeys'),
  get_unique_constraints: none('uniqueConstraints'),
  get_not_null_constraints: none('notNullConstraints'),
  get_default_constraints: none('defaultConstraints'),
  get_check_constraints: none('checkConstraints'),
}

const emptyList = (): Method => method({}, anything, [META], () => [])
const grants = struct({ principalGrants: [1, anything, 'required'] })
const noRoles: Readonly<Record<string, Method>> = {
  get_role_names: method({}, list(string), [META], () => []),
  list_roles: emptyList(),
  list_privileges: emptyList(),
  get_principals_in_role: method({}, grants, [META], () => ({ principalGrants: [] })),
  get_role_grants_for_principal: method({}, grants, [META], () => ({ principalGrants: [] })),
  get_privilege_set: method({}, principalPrivilegeSet, [META], () => ({
    userPrivileges: {},
    groupPrivileges: {},
    rolePrivileges: {},
  })),
}
