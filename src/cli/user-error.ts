/** Something that whoever runs a command can mend: its message says how, and no stack is shown. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
