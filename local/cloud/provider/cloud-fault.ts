/** An error that a cloud answers a call with; the dialect of the endpoint gives it its shape. */
export class CloudFault extends Error {
  readonly code: string;
  readonly status: number;
  /** False for the errors that AWS sends without any message member. */
  readonly hasMessage: boolean;

  constructor(code: string, message?: string, status = 400) {
    super(message ?? code);
    this.name = 'CloudFault';
    this.code = code;
    this.status = status;
    this.hasMessage = message !== undefined;
  }
}
