/** Resources of two accounts or regions do not meet. */
export const scopeKey = ({ account, region }: { readonly account: string; readonly region: string }): string =>
  `${account}/${region}`
