/**
 * The security headers of every answer: nothing from other hosts, nothing inline, no framing, no guessing of types, no
 * referrer. No HSTS, because the pages are plain HTTP on the loopback and the browser would then refuse them.
 *
 * The headers are constants, not made by helmet: computing them for each request cost 43 us of 198 us (measured).
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
