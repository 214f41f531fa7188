/** Functions of arrays and maps, those with lambdas included. */
import { type FunctionDefinition, scalar } from './definition.ts'

const zipped = [2, 3, 4, 5].map((count) => {
  const variables = Array.from({ length: count }, (_, i) => `T${i + 1}`)
  return `(${variables.map((v) => `array(${v})`).join(', ')}) -> array(row(${variables.join(', ')}))`
})

export const collectionFunctions: readonly FunctionDefinition[] = [
  scalar('all_match', 'Whether every element matches', ['(array(T), function(T,boolean)) -> boolean']),
  scalar('any_match', 'Whether some element matches', ['(array(T), function(T,boolean)) -> boolean']),
  scalar('array_distinct', 'Without duplicates', ['(array(E)) E:comparable -> array(E)']),
  scalar('array_except', 'Elements of the first that are not in the second', [
    '(array(E), array(E)) E:comparable -> array(E)',
  ]),
  scalar('array_first', 'First element or NULL', ['(array(E)) -> E']),
  scalar('array_histogram', 'Count of each element', ['(array(T)) T:comparable -> map(T,bigint)']),
  scalar('array_intersect', 'Elements in both, without duplicates', ['(array(E), array(E)) E:comparable -> array(E)']),
  scalar('array_join', 'Elements as text with a delimiter, and text for NULL', [
    '(array(T), varchar) -> varchar',
    '(array(T), varchar, varchar) -> varchar',
  ]),
  scalar('array_last', 'Last element or NULL', ['(array(E)) -> E']),
  scalar('array_max', 'Greatest element', ['(array(T)) T:orderable -> T']),
  scalar('array_min', 'Least element', ['(array(T)) T:orderable -> T']),
  scalar('array_position', 'Place of the first occurrence, from 1; 0 when absent', [
    '(array(T), T) T:comparable -> bigint',
  ]),
  scalar('array_remove', 'Without the elements equal to the given', ['(array(E), E) E:comparable -> array(E)']),
  scalar('array_sort', 'Sorted, NULL last, or by a comparator', [
    '(array(E)) E:orderable -> array(E)',
    '(array(T), function(T,T,integer)) -> array(T)',
  ]),
  scalar('array_union', 'Elements in either, without duplicates', ['(array(E), array(E)) E:comparable -> array(E)']),
  scalar('arrays_overlap', 'Whether they share an element', ['(array(E), array(E)) E:comparable -> boolean']),
  scalar('cardinality', 'Number of elements', [
    '(array(E)) -> bigint',
    '(map(K,V)) -> bigint',
    '(HyperLogLog) -> bigint',
  ]),
  scalar('combinations', 'All sub-arrays of n elements', ['(array(T), integer) -> array(array(T))']),
  scalar('contains', 'Whether an element or an address is contained', [
    '(array(T), T) T:comparable -> boolean',
    '(varchar, ipaddress) -> boolean',
  ]),
  scalar('contains_sequence', 'Whether the second is a run of the first', [
    '(array(T), array(T)) T:comparable -> boolean',
  ]),
  scalar('element_at', 'Element at a place (negative from the end) or key; NULL when absent', [
    '(array(E), bigint) -> E',
    '(map(K,V), K) -> V',
  ]),
  scalar('filter', 'Elements for which the lambda is true', ['(array(T), function(T,boolean)) -> array(T)']),
  scalar('flatten', 'Arrays of arrays concatenated', ['(array(array(E))) -> array(E)']),
  scalar('ngrams', 'Runs of n elements', ['(array(T), integer) -> array(array(T))']),
  scalar('none_match', 'Whether no element matches', ['(array(T), function(T,boolean)) -> boolean']),
  scalar('reduce', 'Folds the elements into a state, then finishes it', [
    '(array(T), S, function(S,T,S), function(S,R)) -> R',
  ]),
  scalar('repeat', 'An element n times', ['(T, integer) -> array(T)']),
  scalar('sequence', 'From start to stop, both included, by steps', [
    '(bigint, bigint) -> array(bigint)',
    '(bigint, bigint, bigint) -> array(bigint)',
    '(date, date) -> array(date)',
    '(date, date, interval day to second) -> array(date)',
    '(date, date, interval year to month) -> array(date)',
    '(timestamp(p), timestamp(p), interval day to second) -> array(timestamp(p))',
    '(timestamp(p), timestamp(p), interval year to month) -> array(timestamp(p))',
  ]),
  scalar('shuffle', 'In random order', ['(array(E)) -> array(E)'], { deterministic: false }),
  scalar('slice', 'A number of elements from a place', ['(array(E), bigint, bigint) -> array(E)']),
  scalar('transform', 'Each element through the lambda', ['(array(T), function(T,U)) -> array(U)']),
  scalar('trim_array', 'Without the last n elements', ['(array(E), bigint) -> array(E)']),
  scalar('zip', 'Rows of the elements side by side', zipped),
  scalar('zip_with', 'Two arrays merged by a lambda', ['(array(T), array(U), function(T,U,R)) -> array(R)']),

  scalar('map', 'Map of keys and values, or an empty one', [
    '() -> map(unknown,unknown)',
    '(array(K), array(V)) K:comparable -> map(K,V)',
  ]),
  scalar('map_concat', 'Union of maps; later ones win', ['(map(K,V)...) K:comparable -> map(K,V)']),
  scalar('map_entries', 'Entries as rows', ['(map(K,V)) -> array(row(K,V))']),
  scalar('map_filter', 'Entries for which the lambda is true', [
    '(map(K,V), function(K,V,boolean)) K:comparable -> map(K,V)',
  ]),
  scalar('map_from_entries', 'Map of entries', ['(array(row(K,V))) K:comparable -> map(K,V)']),
  scalar('map_keys', 'Keys', ['(map(K,V)) -> array(K)']),
  scalar('map_values', 'Values', ['(map(K,V)) -> array(V)']),
  scalar('map_zip_with', 'Two maps merged by a lambda', [
    '(map(K,V1), map(K,V2), function(K,V1,V2,V3)) K:comparable -> map(K,V3)',
  ]),
  scalar('multimap_from_entries', 'Map from keys to all their values', [
    '(array(row(K,V))) K:comparable -> map(K,array(V))',
  ]),
  scalar('transform_keys', 'Keys through a lambda', ['(map(K1,V), function(K1,V,K2)) K2:comparable -> map(K2,V)']),
  scalar('transform_values', 'Values through a lambda', ['(map(K,V1), function(K,V1,V2)) -> map(K,V2)']),
]
