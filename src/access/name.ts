/** What projects and keys may be called. */
export const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:@/-]{0,99}$/u

export const NAME_ADVICE =
  'Write 1 to 100 letters, digits, spaces or any of . _ : @ / - and begin with one of the first two.'
