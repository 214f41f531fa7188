/** Towards the past, while `/` goes towards zero. `by` is positive. */
export function floorDivision(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}
