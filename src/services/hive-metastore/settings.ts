/** What clients ask of the metastore's settings, and of its health (fb303). */
import { type Method, method, oneway, procedure, ThriftException } from '../../protocol/thrift/service.ts'
import { i32, i64, list, record, string } from '../../protocol/thrift/types.ts'
import { CONFIG_SECURITY, META, unsupported } from './faults.ts'
import { type Metastore, secondsOf } from './metastore.ts'

/** fb303's fb_status.ALIVE. */
const ALIVE = 2
/** The release of Hive whose interface this is. */
const HIVE_VERSION = '3.1.3'
const LONGEST_USER = 128
/** Others may hold secrets, says Hive's own, and gives none of them. */
const READABLE = /^(hive|hdfs|mapred|metastore)/

export function settings(metastore: Metastore): Readonly<Record<string, Method>> {
  const aliveSince = secondsOf(metastore.clock.now().toISOString())
  const values: ReadonlyMap<string, string> = new Map([
    ['hive.metastore.warehouse.dir', metastore.warehouse],
    ['metastore.warehouse.dir', metastore.warehouse],
  ])
  /** MetaConf variables: what a client may ask, and with Hive's own also set, for its session. */
  const metaConf: ReadonlyMap<string, string> = new Map([
    ['hive.metastore.try.direct.sql', 'false'],
    ['hive.metastore.try.direct.sql.ddl', 'false'],
    ['hive.metastore.client.capability.check', 'false'],
    ['hive.metastore.partition.name.whitelist.pattern', ''],
  ])

  return {
    get_config_value: method(
      { name: [1, string], defaultValue: [2, string] },
      string,
      [CONFIG_SECURITY],
      ({ name = '', defaultValue = '' }) => {
        if (name !== '' && !READABLE.test(name))
          throw new ThriftException(CONFIG_SECURITY, `For security reasons, the config key ${name} cannot be accessed`)
        return values.get(name) ?? defaultValue
      },
    ),
    getMetaConf: method({ key: [1, string] }, string, [META], ({ key = '' }) => {
      const value = metaConf.get(key)
      if (value === undefined) throw unsupported(`Invalid configuration key ${key}`)
      return value
    }),
    setMetaConf: procedure({ key: [1, string], value: [2, string] }, [META], ({ key = '', value }) => {
      if (metaConf.get(key) !== value) throw unsupported(`${key} cannot be set to ${value}`)
    }),
    // Nobody proves who they are here: the name decides nothing, and is told to auditors for what it is.
    set_ugi: method(
      { user_name: [1, string], group_names: [2, list(string)] },
      list(string),
      [META],
      ({ user_name, group_names = [] }, { peer }) => {
        peer.claimedUser = user_name?.slice(0, LONGEST_USER)
        return group_names
      },
    ),
    flushCache: procedure({}, [], () => {}),
    getName: method({}, string, [], () => 'lentic'),
    getVersion: method({}, string, [], () => HIVE_VERSION),
    getStatus: method({}, i32, [], () => ALIVE),
    getStatusDetails: method({}, string, [], () => ''),
    getCounters: method({}, record(i64), [], () => ({})),
    getOptions: method({}, record(string), [], () => ({})),
    aliveSince: method({}, i64, [], () => aliveSince),
    // A client says so of its own session when it goes.
    shutdown: oneway,
  }
}
