/** In whose name other services are asked for a caller's sake: docs, athena ug, security-iam-athena-calledvia. */
export const ATHENA_PRINCIPAL = 'athena.amazonaws.com'
