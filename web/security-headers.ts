/**
 * On every answer: nothing from elsewhere, nothing inline, in nobody's frame, no guessing of types, no address passed
 * on. No HSTS: this is plain HTTP on the loopback, a browser would lock itself out.
 *
 * Written out instead of made by helmet, because they never change: making them anew cost 43 us of 198 us per request
 * (measured).
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
