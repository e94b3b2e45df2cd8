/**
 * The service's error envelope over HTTP, in one place. Names and texts: help.aliyun.com/zh/model-studio/error-code.
 */

import { randomUUID } from 'node:crypto';
import type { HttpErrorBody } from '../speech/dashscope/protocol.ts';

/** A request that the service refuses: HTTP status, the service's code and its message. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

/** Code and message of a call over a rate limit, the same over HTTP and on the socket. */
export const RATE_QUOTA = {
  code: 'Throttling.RateQuota',
  message: 'Requests rate limit exceeded, please try again later.',
} as const;

/** 429, too many calls. */
export function throttled(): Refusal {
  return new Refusal(429, RATE_QUOTA.code, RATE_QUOTA.message);
}

/** 400 for a parameter out of its range. The code is documented, the texts are guesses: no code may rely on them. */
export function invalidParameter(message: string): Refusal {
  return new Refusal(400, 'InvalidParameter', message);
}

/** Body of a refusal. */
export function errorBody({ code, message }: { code: string; message: string }): HttpErrorBody {
  return { code, message, request_id: randomUUID() };
}
