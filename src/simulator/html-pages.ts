import type { Reply } from './fault.ts'

function page(title: string): string {
  return `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n<hr><center>simulated proxy</center>\n</body>\n</html>\n`
}

/** What a proxy in front of a provider says when the provider is away. */
export function badGatewayPage(): Reply {
  return { status: 502, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: page('502 Bad Gateway') }
}

/** A page where an answer should be, with a status that calls it a success: captive portals and proxies do this. */
export function welcomePage(): Reply {
  return { status: 200, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: page('Welcome') }
}
