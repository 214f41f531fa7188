/** What each service calls an input that breaks its model's constraints. The default is ValidationException. */

export interface ValidationCode {
  readonly code: string
  /** Members of the error's structure that say the same in a service's own words. */
  readonly members?: Readonly<Record<string, string>>
  /** Its messages do not repeat the values that are wrong. */
  readonly hidesValues?: boolean
}

const validationException: ValidationCode = { code: 'ValidationException' }

/**
 * From the "Errors" sections and the "Common errors" pages of the services' API references, and where noted from what
 * the services were observed to answer.
 */
const codes: Readonly<Record<string, ValidationCode>> = {
  // Observed: `{"__type":"InvalidRequestException","AthenaErrorCode":"INVALID_INPUT","Message":"1 validation error ..."}`.
  athena: {
    code: 'InvalidRequestException',
    members: { AthenaErrorCode: 'INVALID_INPUT', ErrorCode: 'INVALID_INPUT' },
    hidesValues: true,
  },
  cloudwatch: { code: 'ValidationError' },
  // Observed in issue reports: `<Code>ValidationError</Code><Message>1 validation error detected: ...` (IAM, STS).
  iam: { code: 'ValidationError' },
  sts: { code: 'ValidationError' },
  redshift: { code: 'ValidationError' },
  sns: { code: 'ValidationError' },
  lakeformation: { code: 'InvalidInputException' },
  logs: { code: 'InvalidParameterException' },
  s3control: { code: 'InvalidRequest' },
  s3tables: { code: 'BadRequestException' },
  sqs: { code: 'InvalidParameterValueException' },
}

export const validationCode = (service: string): ValidationCode => codes[service] ?? validationException
