// Pages of other sites: any of them with `*`, else those of a list.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ask, Polling } from '../lib/polling.mjs';
import { startServer } from '../lib/server.mjs';

const kOrigin = 'https://clinic.example';
const kQuery = 'EIO=4&transport=polling';
const from = (origin) => ({ headers: { Origin: origin } });
const preflight = (origin) => ({
    headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
});
const allowed = (answer) => answer.headers.get('access-control-allow-origin');

for (const [what, origins, given] of [['any origin', '*', '*'], ['one of a list', `https://other.example,${kOrigin}`, kOrigin]]) {
    describe(what, () => {
        let server;
        before(async () => { server = await startServer('engineio', { origins }); });
        after(() => server?.stop());

        test('is let read the handshake, polls, posts and refusals', async () => {
            const session = await Polling.open(server);
            await session.send('4hello');
            for (const [method, query, status] of [['GET', kQuery, 200], ['GET', session.query, 200], ['POST', session.query, 200],
                ['GET', 'EIO=3&transport=polling', 400], ['GET', `${kQuery}&sid=unknown`, 400]]) {
                const answer = await ask(server, method, query, { ...from(kOrigin), ...(method === 'POST' ? { body: '4hello' } : {}) });
                assert.equal(answer.status, status);
                assert.equal(allowed(answer), given);
                if (given !== '*') {
                    assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
                    assert.match(answer.headers.get('vary'), /\borigin\b/i);
                }
            }
        });

        test('may ask first, which opens no session', async () => {
            const answer = await ask(server, 'OPTIONS', kQuery, preflight(kOrigin));
            assert.deepEqual([answer.status, answer.body], [204, '']);
            assert.equal(allowed(answer), given);
            assert.match(answer.headers.get('access-control-allow-methods'), /\bPOST\b/);
            assert.match(answer.headers.get('access-control-allow-headers'), /content-type/i);
        });
    });
}

describe('an origin that is not on the list', () => {
    let server;
    before(async () => { server = await startServer('engineio', { origins: 'https://other.example' }); });
    after(() => server?.stop());

    for (const [what, method, options] of [['a handshake', 'GET', from(kOrigin)], ['a preflight', 'OPTIONS', preflight(kOrigin)]]) {
        test(`is not told to read ${what}`, async () => {
            assert.equal(allowed(await ask(server, method, kQuery, options)), null);
        });
    }
});
