import type { Recording } from './recordings.ts'

/** What is different about recorded exchanges that don't come out as their manifest entries say. */
export interface Exception {
  readonly reason: string
  /** What holds instead: the driver fails with MALFORMED, or has reasoning where the manifest has none. */
  readonly instead: 'MALFORMED' | 'reasoning'
  /** The beginnings of the exchanges' `sha`. */
  readonly shas: readonly string[]
}

/** Every exception there is. Nothing else is left out of a replay. */
const EXCEPTIONS: readonly Exception[] = [
  {
    reason: 'a test server of the gateway that echoes the request: no answer of a model',
    instead: 'MALFORMED',
    shas: ['5d6e13dbdc95', '8d30d315b573'],
  },
  {
    reason: 'background mode: the answer has only been queued and is to be fetched later',
    instead: 'MALFORMED',
    shas: ['d01201df6d30', 'a203aa36dea2', '0e25bd44dbd1', 'dedc218224c3', '7ccf103c7e11'],
  },
  {
    reason: 'the endpoint that compacts a conversation: no answer of a model',
    instead: 'MALFORMED',
    shas: [
      'f407cb5a5d6a',
      'e50327471e1b',
      '758ccb6b29ab',
      '81b70394db7f',
      '38566e8421b1',
      'e3349e886c58',
      '19dd67fd1d6d',
    ],
  },
  {
    reason: 'the endpoint that counts tokens: no answer of a model',
    instead: 'MALFORMED',
    shas: ['d2a907795579', 'dedc635c5594', '5db55aa0afe0'],
  },
  {
    reason:
      'the body shows the reasoning as `reasoning_text`, of which the manifest takes no notice (it knows summaries)',
    instead: 'reasoning',
    shas: [
      '6147cbf0e10e',
      '31bc8bf45bd3',
      '78dfcf8f4011',
      '5890e1fec969',
      '758f854637ab',
      '8401b3cd4ed4',
      'f5ab32b47250',
      '26d2195e67f1',
      '36e8cd28d958',
      'be54aef881e0',
      '1bfc421b083d',
      '21eafb22fd76',
      '69b7240dc67d',
      '20f99220713d',
    ],
  },
  {
    reason: 'the body shows the reasoning in `reasoning_details` alone, of which the manifest takes no notice',
    instead: 'reasoning',
    shas: ['b85ee222b39a', '3dc6a993c589'],
  },
]

/** What is different about an exchange; null where nothing is. */
export function exceptionFor(recording: Recording): Exception | null {
  return EXCEPTIONS.find(({ shas }) => shas.some((sha) => recording.sha.startsWith(sha))) ?? null
}
