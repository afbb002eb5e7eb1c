/** A prompt with this in it gets exactly what follows, to the end of the prompt, without the space around it. */
const EXACTLY = /say exactly:\s*(?<text>[\s\S]*)$/i

const CAPITALS: Readonly<Record<string, string>> = {
  austria: 'Vienna',
  brazil: 'Brasília',
  canada: 'Ottawa',
  france: 'Paris',
  germany: 'Berlin',
  india: 'New Delhi',
  italy: 'Rome',
  japan: 'Tokyo',
  kenya: 'Nairobi',
  spain: 'Madrid',
  switzerland: 'Bern',
}

const OPENINGS = ['Good question about', 'Here is what matters about', 'Let us look at', 'In short, about']
const MIDDLES = [
  'the idea is simple once its parts are named, and each part can be checked on its own.',
  'it helps to start from one small example and to change one thing at a time.',
  'there are two common ways, and which one fits depends on what may go wrong.',
  'most trouble comes from the edges, so try the empty case and the largest case first.',
]
const CLOSINGS = [
  'This answer comes from the simulator, so take it as a sample.',
  'A real model would say more; this is simulated.',
  'That is all a simulated model knows.',
]
const FILLER = 'the quick brown fox jumps over a lazy dog while rivers carry small boats down to the sea'.split(' ')

/** A short reply that has a little to do with the prompt; the same for the same prompt. */
export function replyTo(prompt: string, toolResults: readonly string[]): string {
  if (toolResults.length > 0) return `Here is what I found: ${toolResults.map(shortened).join('; ')}`
  return exactText(prompt) ?? fact(prompt) ?? musing(prompt)
}

/** So many words of text, the same for the same number. */
export function fillerText(count: number): string {
  return Array.from({ length: count }, (_, at) => FILLER[at % FILLER.length]).join(' ')
}

/** What a model thinks before it answers a prompt. */
export function thoughtsAbout(prompt: string): string {
  return `The user asks about ${topicOf(prompt)}. First I find out what is meant, then I check it, then I answer briefly.`
}

function exactText(prompt: string): string | null {
  return EXACTLY.exec(prompt)?.groups?.text?.trim() ?? null
}

function fact(prompt: string): string | null {
  const country = /capital (?:city )?of (?:the )?(?<country>\p{L}+)/iu.exec(prompt)?.groups?.country
  const capital = country === undefined ? undefined : CAPITALS[country.toLowerCase()]
  if (capital !== undefined) return `The capital of ${country} is ${capital}.`
  return arithmetic(prompt)
}

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '×': (a, b) => a * b,
  '/': (a, b) => a / b,
}

function arithmetic(prompt: string): string | null {
  const { a, sign, b } = /(?<a>-?\d+(?:\.\d+)?) *(?<sign>[-+*×/]) *(?<b>\d+(?:\.\d+)?)/.exec(prompt)?.groups ?? {}
  const operation = OPERATIONS[sign ?? '']
  if (operation === undefined) return null
  return `${a} ${sign} ${b} = ${operation(Number(a), Number(b))}`
}

function musing(prompt: string): string {
  const seed = hash(prompt)
  const opening = pick(OPENINGS, seed)
  const middle = pick(MIDDLES, seed >>> 3)
  return `${opening} ${topicOf(prompt)}: ${middle} ${pick(CLOSINGS, seed >>> 6)}`
}

const SMALL_WORDS = new Set(
  'a about an and are as at be but by can could do does for from give have how i if in is it me my of on or please say should tell that the their them there this to use was we what when where which who why will with would you your'.split(
    ' ',
  ),
)

/** A few telling words of a prompt. */
function topicOf(prompt: string): string {
  const all = prompt.slice(0, 2_000).match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? []
  const telling = all.filter((word) => !SMALL_WORDS.has(word.toLowerCase())).slice(0, 5)
  return telling.length > 0 ? telling.join(' ') : 'this'
}

function shortened(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}

function pick(from: readonly string[], seed: number): string {
  return from[seed % from.length] ?? ''
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  return value
}
