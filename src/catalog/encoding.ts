/** Counts the tokens of a short text. */
export type Encoding = (text: string) => number

type EncodingName = 'cl100k_base' | 'o200k_base'

/** Each holds its ranks as a module of megabytes: loaded when first asked for, never at start. */
const LOADERS = {
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
} satisfies Record<EncodingName, unknown>

/** The models before GPT-4o. */
const OLD_MODELS = /(^|\/)(gpt-3\.5|gpt-35|gpt-4($|-(?!o)))/

const loaded = new Map<EncodingName, Encoding>()
const loading = new Map<EncodingName, Promise<Encoding>>()

/** The encoding of a model: at once where it is loaded, else as soon as it is. */
export function encodingOf(model: string | undefined): Encoding | Promise<Encoding> {
  const name: EncodingName = model !== undefined && OLD_MODELS.test(model) ? 'cl100k_base' : 'o200k_base'
  return loaded.get(name) ?? loading.get(name) ?? load(name)
}

function load(name: EncodingName): Promise<Encoding> {
  const promise = LOADERS[name]().then(({ countTokens }) => {
    const encoding: Encoding = (text) => countTokens(text, { disallowedSpecial: new Set() })
    loaded.set(name, encoding)
    return encoding
  })
  loading.set(name, promise)
  return promise
}
