import { type Method, method, procedure, ThriftException } from '../../protocol/thrift/service.ts'
import { bool, i32, i64, list, string, struct, type Value } from '../../protocol/thrift/types.ts'
import { NO_SUCH_LOCK, NO_SUCH_TXN, TXN_ABORTED, TXN_OPEN } from './faults.ts'
import { LOCK_STATE, type Lock, type LockComponent, LockTable } from './lock-table.ts'
import { databaseName, type Metastore } from './metastore.ts'

const lockComponent = struct({
  type: [1, i32, 'required'],
  level: [2, i32, 'required'],
  dbname: [3, string, 'required'],
  tablename: [4, string],
  partitionname: [5, string],
})
const lockRequest = struct({
  component: [1, list(lockComponent), 'required'],
  txnid: [2, i64],
  user: [3, string, 'required'],
  hostname: [4, string, 'required'],
})
const lockResponse = struct({ lockid: [1, i64, 'required'], state: [2, i32, 'required'] })
const idRequest = struct({ lockid: [1, i64], txnid: [2, i64] })
const shownLock = struct({
  lockid: [1, i64, 'required'],
  dbname: [2, string, 'required'],
  tablename: [3, string],
  partname: [4, string],
  state: [5, i32, 'required'],
  type: [6, i32, 'required'],
  lastheartbeat: [8, i64, 'required'],
  acquiredat: [9, i64],
  user: [10, string, 'required'],
  hostname: [11, string, 'required'],
})

export function locks({ clock }: Metastore): Readonly<Record<string, Method>> {
  const table = new LockTable(clock)
  const refreshed = (id: number | bigint | undefined): Lock => {
    const lock = table.refresh(Number(id))
    if (!lock) throw noSuchLock(id)
    return lock
  }

  return {
    lock: method({ rqst: [1, lockRequest, 'required'] }, lockResponse, [NO_SUCH_TXN, TXN_ABORTED], ({ rqst }) => {
      refuseTransaction(rqst.txnid)
      return answerOf(table.request(rqst.component.map(componentOf), { user: rqst.user, host: rqst.hostname }))
    }),
    check_lock: method(
      { rqst: [1, idRequest, 'required'] },
      lockResponse,
      [NO_SUCH_TXN, TXN_ABORTED, NO_SUCH_LOCK],
      ({ rqst }) => answerOf(refreshed(rqst.lockid)),
    ),
    unlock: procedure({ rqst: [1, idRequest, 'required'] }, [NO_SUCH_LOCK, TXN_OPEN], ({ rqst }) => {
      if (!table.release(Number(rqst.lockid))) throw noSuchLock(rqst.lockid)
    }),
    heartbeat: procedure({ ids: [1, idRequest, 'required'] }, [NO_SUCH_LOCK, NO_SUCH_TXN, TXN_ABORTED], ({ ids }) => {
      refuseTransaction(ids.txnid)
      refreshed(ids.lockid)
    }),
    show_locks: method(
      { rqst: [1, struct({ dbname: [1, string], tablename: [2, string], isExtended: [4, bool] })] },
      struct({ locks: [1, list(shownLock)] }),
      [],
      ({ rqst }) => ({
        locks: table
          .list()
          .flatMap(shown)
          .filter(
            ({ dbname, tablename }) =>
              (!rqst?.dbname || dbname === databaseName(rqst.dbname).toLowerCase()) &&
              (!rqst?.tablename || tablename === rqst.tablename.toLowerCase()),
          ),
      }),
    ),
  }
}

function componentOf({ type, dbname, tablename, partitionname }: Value<typeof lockComponent>): LockComponent {
  return {
    type,
    database: databaseName(dbname).toLowerCase(),
    table: tablename?.toLowerCase() || undefined,
    partition: partitionname || undefined,
  }
}

const stateOf = (lock: Lock): number => (lock.acquiredAtMs === undefined ? LOCK_STATE.waiting : LOCK_STATE.acquired)
const answerOf = (lock: Lock) => ({ lockid: lock.id, state: stateOf(lock) })
const noSuchLock = (id: number | bigint | undefined) => new ThriftException(NO_SUCH_LOCK, `No such lock lockid:${id}`)

function refuseTransaction(id: number | bigint | undefined): void {
  if (id !== undefined && id !== 0) throw new ThriftException(NO_SUCH_TXN, `No such transaction txnid:${id}`)
}

function shown(lock: Lock) {
  return lock.components.map(({ type, database, table, partition }) => ({
    lockid: lock.id,
    dbname: database,
    tablename: table,
    partname: partition,
    state: stateOf(lock),
    type,
    lastheartbeat: lock.heardAtMs,
    acquiredat: lock.acquiredAtMs,
    user: lock.user,
    hostname: lock.host,
  }))
}
