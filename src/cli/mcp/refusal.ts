/** A tool refuses to work. */

/** Says why, and what the assistant can do. Nothing was sent. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
