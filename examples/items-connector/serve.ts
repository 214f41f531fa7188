/** Answers on this machine as Lambda does: `node serve.ts items.json 9001`. */
import { connector, serve } from 'lentic/connector'
import { items } from './connector.ts'

const [path = 'items.json', port = '9001'] = process.argv.slice(2)
const { url } = await serve({ items: connector(items(path)) }, Number(port))
console.log(`The function items answers at ${url}`)
