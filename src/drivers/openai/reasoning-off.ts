/** OpenAI's reasoning models by name and what turns their reasoning off, or down as far as it goes. Null: nothing does. */
const OFF: readonly (readonly [RegExp, string | null])[] = [
  [/^o\d/, null],
  [/^gpt-5(-mini|-nano)?(-\d{4}-\d{2}-\d{2})?$/, 'minimal'],
  [/^(gpt-5(\.\d+)?-)?codex/, null],
  [/^gpt-5(\.\d+)?-pro/, null],
]

/** The effort that stands for NONE with a model of OpenAI's; null where its reasoning can't be turned off. */
export function effortForNone(model: string): string | null {
  const row = OFF.find(([pattern]) => pattern.test(model))
  return row ? row[1] : 'none'
}
