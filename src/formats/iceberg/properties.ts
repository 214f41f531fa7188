type Properties = Readonly<Record<string, string>>

export const withoutProperties = (properties: Properties = {}, removals: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !removals.includes(name)))
