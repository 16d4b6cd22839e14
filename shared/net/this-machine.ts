import { BlockList } from 'node:net';
import { hostname as ownName, networkInterfaces } from 'node:os';

/**
 * True when the host name or address means this machine, however it is spelled. The forms are those that browsers
 * accept (WHATWG URL Standard, "host parsing"): `localhost` and names below it (RFC 6761), 127.0.0.0/8, `0.0.0.0`,
 * `[::]`, `[::1]`, an IPv4 address in decimal, hexadecimal or octal, an IPv4 address inside an IPv6 address, the
 * addresses of this machine's network interfaces, and its own name. IPv6 addresses may be in brackets. No name is
 * looked up, because the answer of a name server may change between the check and the request.
 */
export function isThisMachine(host: string): boolean {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (isLocalhostName(name) || name === ownName().toLowerCase()) return true;
  if (!/^[\w.:-]+$/.test(name)) return false;
  const address = URL.parse(`http://${name.includes(':') ? `[${name}]` : name}`)?.hostname.replace(/^\[|\]$/g, '');
  if (address === undefined) return false;
  return isIn(loopback, address) || isIn(interfaceAddresses(), address);
}

/** `localhost` and every name below it mean loopback, without a look-up (RFC 6761, section 6.3). */
export function isLocalhostName(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(name);
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('0.0.0.0');
loopback.addAddress('::', 'ipv6');
loopback.addAddress('::1', 'ipv6');

/** Read each time, because interfaces appear and disappear. */
function interfaceAddresses(): BlockList {
  const own = new BlockList();
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []))
    own.addAddress(address.replace(/%.*$/, ''), family === 'IPv6' ? 'ipv6' : 'ipv4');
  return own;
}

/** A BlockList compares an IPv4 address inside an IPv6 address (`::ffff:127.0.0.1`) with its IPv4 entries. */
function isIn(list: BlockList, address: string): boolean {
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
