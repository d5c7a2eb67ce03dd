// JSON Web Tokens as a hospital's login would issue them.
import { createHmac } from 'node:crypto';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function mintJwt(secret, claims, lifetimeSeconds = 3600) {
    const now = Math.floor(Date.now() / 1000);
    const head = part({ alg: 'HS256', typ: 'JWT' });
    const body = part({ iat: now, exp: now + lifetimeSeconds, ...claims });
    return `${head}.${body}.${createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url')}`;
}
