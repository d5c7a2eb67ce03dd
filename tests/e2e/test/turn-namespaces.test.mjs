// Two people in networks that have no way to each other, only to coturn.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shipped } from '../../integration/lib/config.mjs';
import { Daemon, plugins } from '../../integration/lib/daemon.mjs';
import { Browser, until } from '../lib/browser.mjs';
import { Coturn } from '../lib/coturn.mjs';
import { Namespaces } from '../lib/namespaces.mjs';
import { pair, pairScript } from '../lib/relay.mjs';
import { link, seesOther, status } from '../lib/room-page.mjs';
import { Visit } from '../lib/visit.mjs';

const kSecret = 'known-to-both-sides-and-to-nobody-else';

// A machine on which nobody may make network namespaces proves nothing here, and says so: it fails, unless TELEVISIT_WITHOUT_ROOT=1 says
// that it is known.
const excused = process.getuid() !== 0 && process.env.TELEVISIT_WITHOUT_ROOT === '1';
if (excused) console.error('\n*** NOT PROVEN: calls between networks without a route need root for network namespaces ***\n');

/// Both people's pages, each in its own network, on the server's address there.
async function meet(networks, server, visit) {
    const pages = [];
    const browsers = [];
    const chromium = process.env.TELEVISIT_CHROMIUM ?? '/usr/bin/chromium';
    for (const [side, token] of networks.sides.map((one, i) => [one, [visit.session.doctor_token, visit.session.patient_token][i]])) {
        const origin = `http://${side.here}:${server.port}`;
        const browser = await Browser.start({
            program: networks.inside(side, chromium),
            args: [`--unsafely-treat-insecure-origin-as-secure=${origin}`, `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${side.here}`],
        });
        browsers.push(browser);
        pages.push(await browser.open(link(origin, visit, token), { script: pairScript }));
        if (pages.length === 1) await status(pages[0], 'You are in the room. Waiting for the others…');
    }
    return { pages, stop: () => Promise.all(browsers.map((browser) => browser.stop())) };
}

async function withServer(env, work) {
    const networks = await Namespaces.make();
    const coturn = await Coturn.start({ secret: kSecret, addresses: networks.sides.map((side) => side.here) });
    const urls = networks.sides.map((side) => `turn:${side.here}:${coturn.port}`).join(',');
    const server = await Daemon.start({
        config: shipped(['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`]),
        env: { TELEVISIT_HOST: '0.0.0.0', TURN_SERVER: urls, TURN_SECRET: kSecret, ...env },
    });
    let call;
    try {
        const [one, other] = networks.sides;
        assert.ok(await networks.hasRoute(one, one.here), 'to coturn there is a route');
        assert.ok(!await networks.hasRoute(one, other.there) && !await networks.hasRoute(other, one.there), 'to each other there is none');
        call = await meet(networks, server, await Visit.create(server));
        await work(call.pages);
    } finally {
        await call?.stop();
        await server.stop();
        await coturn.stop();
        await networks.remove();
    }
}

test('two people whose networks have no route to each other see each other through coturn', { skip: excused }, async () => {
    await withServer({}, async (pages) => {
        await Promise.all(pages.map(seesOther));
        for (const page of pages) {
            const { local, remote } = await pair(page);
            assert.ok([local, remote].includes('relay'), `${local} to ${remote}`);
        }
    });
});

test('and without TURN they do not: what each sends the other stays without an answer', { skip: excused }, async () => {
    await withServer({ TURN_SERVER: '' }, async (pages) => {
        for (const page of pages) {
            const pairs = await until(page, async () => {
                const stats = [...(await guide.peerConnection?.getStats() ?? new Map()).values()];
                const found = stats.filter((one) => one.type === 'candidate-pair');
                return found.length > 0 && found.every((one) => one.requestsSent >= 5) && found;
            });
            assert.deepEqual(pairs.filter((one) => one.responsesReceived > 0), []);
            assert.equal(await page.evaluate(() => guide.peerConnection.iceConnectionState), 'checking');
        }
    });
});
